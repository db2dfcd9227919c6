import ssh2 from 'ssh2'

/** A new Ed25519 key. `ssh2` makes one in some hundred that it cannot read itself; such a one is made again. */
export function keyPair(passphrase?: string): { private: string; public: string } {
  for (;;) {
    const pair =
      passphrase === undefined
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-cbc', rounds: 1 })
    const parsed = [ssh2.utils.parseKey(pair.private, passphrase), ssh2.utils.parseKey(pair.public)]
    if (parsed.every(key => !(key instanceof Error))) return pair
  }
}
