// npm run test:long: every test, and the kit in all four variants on every store.
process.env.KVDOL_TEST_VARIANTS = 'all'
await import('./test.mjs')
