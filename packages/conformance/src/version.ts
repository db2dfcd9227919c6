/** The version of this package; a test compares it with package.json. */
export const kitVersion = '0.0.0'
