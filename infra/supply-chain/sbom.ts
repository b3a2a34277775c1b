import { createHash } from 'node:crypto'
import { type LockedPackage, needsOf, productionPackages, readLockfile } from './lockfile.ts'

/**
 * The contents of the image beside Debian and Node, as CycloneDX 1.6: each package with its licence, its hash and its
 * dependencies. The same lock file gives the same document, to the byte.
 *
 * `npm sbom --omit=dev` will not do: it leaves out packages that production shares with development, here every second one.
 */
export function createSbom(lockfile = readLockfile()) {
  const packages = productionPackages(lockfile)
  const { '': root } = lockfile.packages
  const rootReference = `pkg:npm/${lockfile.name}@${lockfile.version}`
  const references = new Map(packages.map(each => [each.place, referenceOf(each)]))
  const referencesOf = (places: readonly string[]) => [...new Set(places.flatMap(place => references.get(place) ?? []))]
  // A version that stands in two places is one component.
  const unique = [...new Map(packages.map(each => [referenceOf(each), each])).values()]

  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidFrom(JSON.stringify(lockfile))}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': rootReference,
        name: lockfile.name,
        version: lockfile.version,
        licenses: licensesOf(root?.license),
        purl: rootReference,
      },
    },
    components: unique.map(each => ({
      type: 'library',
      'bom-ref': referenceOf(each),
      name: each.name,
      version: each.version,
      ...(each.integrity && { hashes: [hashOf(each.integrity)] }),
      licenses: licensesOf(each.license),
      purl: referenceOf(each),
    })),
    dependencies: [
      { ref: rootReference, dependsOn: root ? referencesOf(needsOf('', root, lockfile.packages)) : [] },
      ...unique.map(each => ({
        ref: referenceOf(each),
        dependsOn: referencesOf(packages.filter(other => isSame(each, other)).flatMap(({ needs }) => needs)),
      })),
    ],
  }
}

const isSame = (one: LockedPackage, other: LockedPackage) => referenceOf(one) === referenceOf(other)
const referenceOf = ({ name, version }: Pick<LockedPackage, 'name' | 'version'>) =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

const licensesOf = (license: string | undefined) => {
  if (license === undefined) return []
  return [/ (OR|AND|WITH) /.test(license) ? { expression: license } : { license: { id: license } }]
}

/** npm writes `sha512-…` in base64, CycloneDX wants hexadecimal. */
function hashOf(integrity: string) {
  const [algorithm = '', value = ''] = integrity.split('-', 2)
  return { alg: algorithm.replace(/^sha/, 'SHA-'), content: Buffer.from(value, 'base64').toString('hex') }
}

function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

if (import.meta.main) console.log(JSON.stringify(createSbom(), undefined, 2))
