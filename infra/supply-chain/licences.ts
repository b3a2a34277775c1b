import { type LockedPackage, productionPackages, readLockfile } from './lockfile.ts'

/** Licences that demand only their text and the names in it. Any other licence is a decision, not another line here. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
])

/** The packages in the image whose licence demands more or is not stated, one line each. */
export const unwelcome = (packages: readonly Pick<LockedPackage, 'name' | 'version' | 'license'>[]): string[] =>
  packages
    .filter(({ license }) => !isPermissive(license ?? ''))
    .map(({ name, version, license }) => `${name} ${version}: ${license ?? 'no licence stated'}`)

/**
 * One of several alternatives must be allowed, and every part of a combination. A person looks at any other SPDX
 * expression.
 */
function isPermissive(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1')
  if (plain.includes(' AND ')) return !plain.includes(' OR ') && plain.split(' AND ').every(isPermissive)
  return plain.split(' OR ').some(license => permissive.has(license))
}

if (import.meta.main) {
  const packages = productionPackages(readLockfile())
  const found = unwelcome(packages)
  for (const line of found) console.error(line)
  console.log(`${packages.length} packages, ${found.length} with a licence that has to be looked at`)
  process.exitCode = found.length > 0 ? 1 : 0
}
