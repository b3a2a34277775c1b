import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { settings } from '../../src/config/settings.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { blocksIn } from '../support/documents.ts'
import { type Manifest, typeFaults } from './typed.ts'

const root = 'infra/container/kubernetes'
const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.yaml'))
const documents = Object.fromEntries(
  paths.map(path => [path, parse(readFileSync(join(root, path), 'utf8'), { merge: true }) as Manifest]),
)
const isKustomization = (path: string) => path.endsWith('kustomization.yaml')
const patches = ['overlays/three-replicas/spread.yaml']
const manifests = Object.fromEntries(
  Object.entries(documents).filter(([path]) => !isKustomization(path) && !patches.includes(path)),
)
const read = <T>(path: string) => documents[path] as unknown as T

type Deep<T> = T extends (infer Item)[]
  ? Deep<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Deep<NonNullable<T[Key]>> }
    : T
const deployment = read<Deep<IDeployment>>('base/deployment.yaml')
const pod = deployment.spec.template.spec
const [container] = pod.containers as [(typeof pod.containers)[number]]
const labels = deployment.spec.template.metadata.labels

const written = readFileSync(join(root, 'base/settings.env'), 'utf8')
const values = Object.fromEntries(
  written
    .split('\n')
    .filter(line => /^[A-Z]/.test(line))
    .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
)
const filledIn = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, value.replace(/^<(.*)>$/, '$1')]),
)
const secrets = {
  ENTRA_CLIENT_SECRET: 'of-this-test~only-3f9a',
  SESSION_SECRET: 'made-by-openssl-for-this-test-alone-7c1e',
  REDIS_URL: 'rediss://redis.example.com:6380',
  AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}

describe('the manifests', () => {
  test('have the fields that Kubernetes knows, and no others', { timeout: 60_000 }, async () => {
    expect(await typeFaults(manifests)).toEqual([])
  })

  test('with a misspelt, a misplaced or a missing field would be seen', { timeout: 60_000 }, async () => {
    const spoilt = structuredClone(manifests)
    const spoil = (path: string, change: (spec: Record<string, unknown>) => void) =>
      change((spoilt[path] as unknown as { spec: Record<string, unknown> }).spec)
    spoil('base/deployment.yaml', spec => Object.assign((spec.template as { spec: object }).spec, { readOnly: true }))
    spoil('base/service.yaml', spec => Object.assign((spec.ports as object[])[0] ?? {}, { containerPort: 1 }))
    spoil('base/pod-disruption-budget.yaml', spec => Object.assign(spec, { maxUnavailabel: 1 }))
    spoil('base/network-policy.yaml', spec => Object.assign(spec, { egres: [] }))
    spoil('monitoring/service-monitor.yaml', spec =>
      Object.assign((spec.endpoints as object[])[0] ?? {}, { intervall: '1s' }),
    )
    spoil('overlays/three-replicas/horizontal-pod-autoscaler.yaml', spec => delete spec.maxReplicas)
    const faults = await typeFaults(spoilt)
    expect(faults.map(fault => fault.split(':')[0])).toEqual([
      'base/deployment.yaml',
      'base/network-policy.yaml',
      'base/pod-disruption-budget.yaml',
      'base/service.yaml',
      'monitoring/service-monitor.yaml',
      'overlays/three-replicas/horizontal-pod-autoscaler.yaml',
    ])
  })

  test('are each named by one kustomization, and it names none that is missing', () => {
    const named = paths.filter(isKustomization).flatMap(path => {
      const {
        resources = [],
        components = [],
        patches: changes = [],
      } = read<{
        resources?: string[]
        components?: string[]
        patches?: { path: string }[]
      }>(path)
      return [...resources, ...components, ...changes.map(change => change.path)]
        .map(name => normalize(join(dirname(path), name)))
        .map(name => (name.endsWith('.yaml') ? name : `${name}/kustomization.yaml`))
    })
    expect([...new Set(named)].filter(name => !paths.includes(name))).toEqual([])
    expect(Object.keys(manifests).filter(path => named.filter(name => name === path).length !== 1)).toEqual([])
  })
})

describe('the settings', () => {
  test('are those of the application', () => {
    expect(Object.keys(values).filter(name => !(name in settings))).toEqual([])
    expect(unknownSettings(filledIn)).toEqual([])
  })

  test('with what is to be replaced left standing, the application refuses to start, and says which', () => {
    const faults = faultsOf({ ...values, ...secrets })
    const toReplace = Object.keys(values).filter(name => values[name]?.startsWith('<'))
    expect(faults.map(fault => fault.split(' ')[0]).toSorted()).toEqual(toReplace.toSorted())
  })

  test('filled in, with the secrets, they are all that it needs', () => {
    expect(faultsOf({ ...filledIn, ...secrets })).toEqual([])
  })

  test('and secrets are files, whose folder is mounted whole, so that they follow a change', () => {
    const mount = container.volumeMounts.find(({ name }) => name === 'secrets')
    expect(mount?.subPath).toBeUndefined()
    expect(container.env.map(({ name }) => name)).toEqual(Object.keys(secrets).map(name => `${name}_FILE`))
    for (const { value } of container.env) expect(dirname(value)).toBe(mount?.mountPath)
  })

  test('and the README puts each of these files into the cluster', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const put = [...readme.matchAll(/--from-file=([\w-]+)/g)].map(([, name]) => name)
    expect(put).toEqual(container.env.map(({ value }) => basename(value)))
  })

  test('examples of administrators and auditors are good once they are filled in', () => {
    const examples = [...written.matchAll(/^#([A-Z_]+)=<?([^>\n]*)>?$/gm)].map(([, name, value]) => [name, value])
    expect(examples.map(([name]) => name)).toContain('ADMIN_GROUP_ID')
    expect(faultsOf({ ...filledIn, ...secrets, ...Object.fromEntries(examples) })).toEqual([])
  })

  test('more gates are a file of a ConfigMap, which an installation may go without', () => {
    const volume = pod.volumes.find(({ name }) => name === 'gates')
    expect(volume?.configMap).toEqual({ name: 'gatehouse-gates', optional: true })
  })

  test('more gates are where the README says', () => {
    const mount = container.volumeMounts.find(({ name }) => name === 'gates')
    const blocks = blocksIn(readFileSync(join(root, 'README.md'), 'utf8')).map(({ text }) => text)
    const generated = blocks.find(text => text.includes('gatehouse-gates')) ?? ''
    expect(parse(generated)).toEqual({ configMapGenerator: [{ name: 'gatehouse-gates', files: ['gates.json'] }] })
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`GATES_FILE=${mount?.mountPath}/gates.json`)
  })

  test('no secret is among them', () => {
    expect(Object.keys(values).filter(name => name in secrets)).toEqual([])
  })

  test('ports are those that the Deployment opens', () => {
    const open = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, String(containerPort)]))
    expect(open).toEqual({ http: values.PORT, metrics: values.METRICS_PORT })
  })
})

describe('the life of a pod', () => {
  test('it is told to stop when the proxies know, and is not cut before its time', () => {
    const told = container.lifecycle.preStop.sleep.seconds
    expect(told).toBeGreaterThanOrEqual(5)
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(told + Number(values.SHUTDOWN_GRACE_SECONDS))
  })

  test.each([
    ['started', container.startupProbe, '/health/live'],
    ['alive', container.livenessProbe, '/health/live'],
    ['ready', container.readinessProbe, '/health/ready'],
  ])('whether it is %s is asked at its door', (_what, probe, path) => {
    expect(probe.httpGet).toEqual({ path, port: 'http' })
  })

  test('one slow answer does not take it out of service', () => {
    const { periodSeconds, failureThreshold } = container.readinessProbe
    expect(periodSeconds * (failureThreshold - 1)).toBeGreaterThanOrEqual(10)
  })

  test('a new one is ready before an old one goes', () => {
    expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 })
  })
})

test('the pod keeps to the restricted profile, and to less than that', () => {
  expect(pod.securityContext).toEqual({
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  expect(pod.automountServiceAccountToken).toBe(false)
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) expect(pod).not.toHaveProperty(key)
})

test('the pod runs as the user of the image', () => {
  expect(readFileSync('infra/container/Dockerfile', 'utf8')).toContain(
    `USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}\n`,
  )
})

test('the pod says what it needs, and its memory has an end', () => {
  expect(container.resources).toMatchObject({
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  })
})

type Selecting = { spec: { selector: Record<string, unknown>; podSelector: { matchLabels: object } } }
test.each([
  ['the Deployment', deployment.spec.selector.matchLabels],
  ['the Service', read<Selecting>('base/service.yaml').spec.selector],
  ['the disruption budget', read<Selecting>('base/pod-disruption-budget.yaml').spec.selector.matchLabels],
  ['the network policy', read<Selecting>('base/network-policy.yaml').spec.podSelector.matchLabels],
  ['the network policy of the metrics', read<Selecting>('monitoring/network-policy.yaml').spec.podSelector.matchLabels],
  ['the service monitor', read<Selecting>('monitoring/service-monitor.yaml').spec.selector.matchLabels],
])('%s means these pods, and no others', (_who, selector) => {
  expect(selector).toEqual(labels)
})

test('the number of replicas belongs to the overlays, so that applying again does not undo the autoscaler', () => {
  expect(deployment.spec).not.toHaveProperty('replicas')
  expect(read<{ replicas: object }>('overlays/one-replica/kustomization.yaml').replicas).toEqual([
    { name: 'gatehouse', count: 1 },
  ])
  const { spec } = read<IHorizontalPodAutoscaler>('overlays/three-replicas/horizontal-pod-autoscaler.yaml')
  expect(spec).toMatchObject({ minReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: deployment.metadata.name } })
  expect(read<object>('overlays/three-replicas/kustomization.yaml')).not.toHaveProperty('replicas')
})

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment)
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults
    throw thrown
  }
}
