// A node process that does nothing.
console.log('ready');
process.stdin.resume();
