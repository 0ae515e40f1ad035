String log = new File(basedir, 'build.log').text
assert log.contains('sales Database[id=1, owner=ann]')
assert log.contains('staff Database[id=2, owner=bob]')

// Each is a cost to users; who adds one says so here.
List<String> inherited = new File(basedir, 'target/inherited.txt').readLines()
        .findAll { it.startsWith('   ') }
        .collect { it.trim().split(':')[0..1].join(':') }
        .sort()
assert inherited == new File(basedir, 'inherited.txt').readLines()
