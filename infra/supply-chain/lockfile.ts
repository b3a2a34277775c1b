import { readFileSync } from 'node:fs'

/** A package of the lock file. `place` is the folder where npm puts it, e.g. `node_modules/express/node_modules/cookie`. */
export type LockedPackage = {
  place: string
  name: string
  version: string
  license: string | undefined
  integrity: string | undefined
  /** The places of the packages that it depends on. */
  needs: string[]
}
type Entry = {
  version: string
  license?: string
  integrity?: string
  dev?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}
type Lockfile = { name: string; version: string; packages: Record<string, Entry> }

const separator = 'node_modules/'

export const readLockfile = (): Lockfile =>
  JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lockfile

/** Everything that `npm ci --omit=dev` installs, and so everything that is in the image. */
export function productionPackages({ packages }: Lockfile): LockedPackage[] {
  return Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && !dev)
    .map(([place, entry]) => ({
      place,
      name: place.slice(place.lastIndexOf(separator) + separator.length),
      version: entry.version,
      license: entry.license,
      integrity: entry.integrity,
      needs: needsOf(place, entry, packages),
    }))
}

export function needsOf(place: string, entry: Entry, packages: Record<string, Entry>): string[] {
  const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies })
  return names.flatMap(name => found(place, name, packages) ?? [])
}

/**
 * Finds a dependency as Node does: beside the package, then outwards. Undefined for an optional one that is not
 * installed.
 */
function found(place: string, name: string, packages: Record<string, Entry>): string | undefined {
  const candidate = `${place && `${place}/`}${separator}${name}`
  if (packages[candidate]) return packages[candidate].dev ? undefined : candidate
  if (place === '') return undefined
  return found(place.slice(0, Math.max(place.lastIndexOf(`/${separator}`), 0)), name, packages)
}
