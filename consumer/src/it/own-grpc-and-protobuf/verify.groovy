String log = new File(basedir, 'build.log').text
assert log.count('done: members=3') == 2
for (jar in ['grpc-netty-shaded-1.58.0', 'protobuf-java-3.25.5', 'grpc-netty-shaded-1.85.1', 'protobuf-java-4.36.2']) {
    assert log.contains('uses ' + jar)
}
