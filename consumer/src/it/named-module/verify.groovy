String log = new File(basedir, 'build.log').text
assert log.contains('Database[id=1, owner=ann]')
assert log.contains('Main is in module application')
assert log.contains('MetaStore is in module io.metastore.api')
