String log = new File(basedir, 'build.log').text
assert log.contains('Tests run: 4, Failures: 0, Errors: 0, Skipped: 0')

// Neither directories of clusters nor native libraries.
File scratch = new File(basedir, 'target/scratch')
assert scratch.isDirectory()
assert scratch.list().length == 0
