/**
 * What keeps a version from being published, in words.
 * @param {object} state
 * @param {{ version: string, repository?: { url?: string }, license?: string, private?: boolean }} state.manifest
 * package.json
 * @param {string} state.changelog
 * @param {readonly string[]} state.pending notes on changes that no version has taken up yet
 * @param {boolean} state.clean whether everything is committed
 * @param {string | undefined} state.tag that the release was started by; undefined outside the workflow
 * @returns {string[]}
 */
export function problems({ manifest, changelog, pending, clean, tag }) {
  const { version, repository } = manifest;
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}`));
  const found = [];
  if (manifest.private) found.push('package.json says "private".');
  if (!repository?.url) {
    found.push(
      'package.json has no "repository": set it to { "type": "git", "url": "git+https://HOST/OWNER/NAME.git" } of where ' +
        'the workflow runs. npm refuses a package with provenance that was built elsewhere.',
    );
  }
  if (!heading) found.push(`CHANGELOG.md has no section "## ${version}".`);
  else if (/not yet released/.test(heading)) found.push(`CHANGELOG.md says that ${version} is not yet released.`);
  if (pending.length) found.push(`Changes wait for a version (npm run bump): ${pending.join(', ')}.`);
  if (!clean) found.push('Not everything is committed.');
  if (tag !== undefined && tag !== `v${version}`) found.push(`The tag is ${tag}, the version ${version}.`);
  return found;
}
