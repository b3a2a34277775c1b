import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { unwelcome } from '../infra/supply-chain/licences.ts'
import { productionPackages, readLockfile } from '../infra/supply-chain/lockfile.ts'
import { createSbom } from '../infra/supply-chain/sbom.ts'

const lockfile = readLockfile()
const packages = productionPackages(lockfile)
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  license: string
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

describe('the lock file', () => {
  test('has the hash of every package', () => {
    const without = Object.entries(lockfile.packages).filter(([place, { integrity }]) => place !== '' && !integrity)
    expect(without.map(([place]) => place)).toEqual([])
  })
})

describe('the licences', () => {
  test('of all that is in the image ask for no more than to be named', () => {
    expect(packages.length).toBeGreaterThan(Object.keys(manifest.dependencies).length)
    expect(unwelcome(packages)).toEqual([])
  })

  test.each([
    ['GPL-3.0-only', 1],
    ['MIT AND GPL-3.0-only', 1],
    ['SEE LICENSE IN LICENSE.md', 1],
    [undefined, 1],
    ['(MIT OR GPL-3.0-or-later)', 0],
    ['MIT AND ISC', 0],
    ['Apache-2.0', 0],
  ])('%s: %i to be looked at', (license, count) => {
    expect(unwelcome([{ name: 'some', version: '1.0.0', license }])).toHaveLength(count)
  })

  test('our own is the one that package.json names', () => {
    expect(manifest.license).toBe('MIT')
    expect(readFileSync('LICENSE', 'utf8')).toMatch(/^MIT License/)
  })
})

describe('the list of parts', () => {
  const sbom = createSbom()
  const named = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`))

  test('has every package that is installed for running, those shared with development too', () => {
    for (const { name, version } of packages) expect(named).toContain(`${name}@${version}`)
    expect(named).toContain(`debug@${lockfile.packages['node_modules/debug']?.version}`)
  })

  test('has nothing that is for development alone', () => {
    for (const name of Object.keys(manifest.devDependencies))
      if (lockfile.packages[`node_modules/${name}`]?.dev)
        expect([...named].filter(each => each.startsWith(`${name}@`))).toEqual([])
  })

  test('says why each part is there: all are reached from the application', () => {
    const needs = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    const reached = new Set<string>()
    const reach = (ref: string) => {
      if (reached.has(ref)) return
      reached.add(ref)
      for (const next of needs.get(ref) ?? []) reach(next)
    }
    reach(sbom.metadata.component['bom-ref'])
    expect(sbom.components.map(part => part['bom-ref']).filter(ref => !reached.has(ref))).toEqual([])
  })

  test('has the hash of each part in hexadecimal, as the lock file has it', () => {
    for (const part of sbom.components) {
      const { integrity } = packages.find(({ name, version }) => name === part.name && version === part.version) ?? {}
      const [hash] = part.hashes ?? []
      expect(`sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`).toBe(integrity)
      expect(hash?.alg).toBe('SHA-512')
    }
  })

  test('is the same for the same lock file', () => {
    expect(createSbom()).toEqual(sbom)
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('the workflow', () => {
  const text = readFileSync('.github/workflows/check.yml', 'utf8')
  type Step = { uses?: string; run?: string; with?: Record<string, unknown> }
  type Job = { steps: Step[]; container?: { image: string }; permissions?: Record<string, string> }
  const workflow = parse(text) as { permissions: Record<string, string>; jobs: Record<string, Job> }
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap(job => job.steps)
  const runs = steps.map(({ run }) => run ?? '').join('\n')

  test('names every action by its commit, and its version beside it', () => {
    const uses = text.split('\n').filter(line => /\buses:/.test(line))
    expect(uses.length).toBe(steps.filter(step => step.uses).length)
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('runs what people run, builds the image and attaches the list of its parts', () => {
    for (const command of [
      'npm ci',
      'npm audit signatures',
      'npm run check',
      'npm run licences',
      '--file infra/container/Dockerfile',
    ])
      expect(runs).toContain(command)
    const kept = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    expect(kept?.with?.path).toContain('gatehouse.cdx.json')
  })

  test('may read, and only the release may write', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    expect(Object.keys(workflow.jobs).filter(name => workflow.jobs[name]?.permissions)).toEqual(['release'])
  })

  test('leaves no credentials in the checkout', () => {
    for (const { uses, with: given } of steps)
      if (uses?.startsWith('actions/checkout@')) expect(given?.['persist-credentials']).toBe(false)
  })

  test('puts nothing from outside into a command', () => {
    expect(runs).not.toContain('${{')
  })

  test('runs under the Node that everything runs under', () => {
    const { node } = manifest.devDependencies
    expect(workflow.jobs.check?.container?.image).toBe(`node:${node}-trixie`)
    for (const { uses, with: given } of steps)
      if (uses?.startsWith('actions/setup-node@')) expect(given?.['node-version']).toBe(node)
  })
})

test('updates wait a week, and connect-redis stays where ioredis works', () => {
  const renovate = JSON.parse(readFileSync('renovate.json', 'utf8')) as {
    minimumReleaseAge: string
    packageRules: { matchPackageNames: string[]; allowedVersions: string }[]
  }
  expect(renovate.minimumReleaseAge).toBe('7 days')
  expect(renovate.packageRules.find(rule => rule.matchPackageNames.includes('connect-redis'))?.allowedVersions).toBe(
    '<9',
  )
})
