// Checks that every changeset parses and names existing packages. Unlike `changeset status` this compares
// nothing with a base branch, so it works in any clone.
import getReleasePlan from '@changesets/get-release-plan'
import { root } from './lib.mjs'

const { changesets, releases } = await (getReleasePlan.default ?? getReleasePlan)(root)
for (const { id, summary } of changesets) {
  if (summary.trim() === '') {
    console.error(`.changeset/${id}.md has no summary.`)
    process.exitCode = 1
  }
}
for (const { name, oldVersion, newVersion } of releases.filter(({ type }) => type !== 'none')) {
  console.log(`${name} ${oldVersion} -> ${newVersion}`)
}
