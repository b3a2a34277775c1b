import { describe, expect, test } from 'vitest'
import type { Registration } from '../../../infra/azure/registration/find-registration.ts'
import { endAfter } from '../../../infra/azure/registration/secret-thing.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { atTenant, fresh } from './at-tenant.ts'

type At = Awaited<ReturnType<typeof atTenant>>
const registrationAt = async (at: At, id: string | undefined) =>
  at.ask<Registration>(`/applications/${id}?$select=id,keyCredentials,passwordCredentials`)

describe('a client secret', () => {
  test('is made by the last request that changes anything, and shown once', async () => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh())
    const [secret, ...more] = at.printed
    expect(more).toEqual([])
    expect(secret).toMatch(/^ENTRA_CLIENT_SECRET=\S{30,}$/)
    const changes = at.asked.filter(line => !line.startsWith('GET '))
    expect(changes.at(-1)).toBe(`POST /applications/${application?.id}/addPassword`)
    await at.apply(fresh())
    expect(at.printed).toHaveLength(1)
  })

  test('stands in no plan', async () => {
    await using at = await atTenant()
    const value = async () => JSON.stringify(await at.plan(fresh()))
    const before = await value()
    await at.apply(fresh())
    const secret = at.printed[0]?.split('=')[1] as string
    expect(before + (await value())).not.toContain(secret)
  })

  test('ends after the months that the wish gives it', async () => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh({ credential: { kind: 'secret', months: 3 } }))
    const { passwordCredentials } = await registrationAt(at, application?.id)
    expect(passwordCredentials?.map(({ endDateTime }) => endDateTime?.slice(0, 10))).toEqual(['2027-02-28'])
  })

  test('that somebody made by hand is enough', async () => {
    await using at = await atTenant()
    const { application } = await at.apply(
      fresh({ credential: { kind: 'federated', issuer: 'https://x.example', subject: 'x' } }),
    )
    await at
      .graph()
      .act(`/applications/${application?.id}/addPassword`, { passwordCredential: { displayName: 'mine' } })
    await at.settle()
    expect((await at.plan(fresh())).lines).toEqual([])
  })

  test('whose answer is lost is told of, with how to get another', async () => {
    await using at = await atTenant()
    await at.apply(fresh({ credential: { kind: 'federated', issuer: 'https://x.example', subject: 'x' } }))
    at.network.cut(0, 'before its answer')
    await expect(at.apply(fresh())).rejects.toThrow(/nobody saw.*env --new-secret$/s)
  })

  test('that ends soon is said', async () => {
    await using at = await atTenant()
    await at.apply(fresh({ credential: { kind: 'secret', months: 1 } }))
    expect((await at.plan(fresh())).left).toEqual([
      expect.stringMatching(
        /^the client secret of Fresh ends on 2026-12-29T\S+ Another: npm run setup -- env --new-secret$/,
      ),
    ])
  })

  test('that has ended is followed by another, and stays', async () => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh({ credential: { kind: 'secret', months: 1 } }))
    await at.time.sleep(40 * 86_400_000)
    await at.apply(fresh())
    expect(at.printed).toHaveLength(2)
    expect((await registrationAt(at, application?.id)).passwordCredentials).toHaveLength(2)
  })

  test.each([
    ['2026-11-29', 3, '2027-02-28'],
    ['2026-08-31', 1, '2026-09-30'],
    ['2027-12-31', 2, '2028-02-29'],
    ['2026-11-29', 24, '2028-11-29'],
  ])('made on %s for %s months ends on %s', (from, months, end) => {
    expect(endAfter(new Date(from), months).toISOString().slice(0, 10)).toBe(end)
  })
})

describe('a certificate', () => {
  const credential = { kind: 'certificate', file: 'certificate.pem' }

  test('is added beside the others, with its key left at home', async () => {
    await using at = await atTenant()
    const [first, second] = [makeCertificate(), makeCertificate()]
    at.files['certificate.pem'] = first.certificate
    const { application } = await at.apply(fresh({ credential }))
    expect(await at.plan(fresh({ credential }))).toMatchObject({ lines: [] })
    at.files['certificate.pem'] = `${second.key}\n${second.certificate}`
    await at.apply(fresh({ credential }))
    const { keyCredentials } = await registrationAt(at, application?.id)
    expect(keyCredentials).toHaveLength(2)
    expect(JSON.stringify(keyCredentials)).not.toContain('PRIVATE')
    expect(await at.plan(fresh({ credential }))).toMatchObject({ lines: [] })
  })

  test.each([
    ['that does not exist', undefined, /^credential\.file: certificate\.pem cannot be read \(ENOENT\)\.$/],
    ['that holds none', 'nothing', /holds no certificate as PEM\.$/],
    ['of a short key', makeCertificate({ bits: 1024 }).certificate, /at least 2048 bits/],
    ['that has ended', makeCertificate({ until: new Date('2026-02-01T00:00:00Z') }).certificate, /ended on 2026-02-01/],
  ])('in a file %s stops the plan', async (_what, text, sentence) => {
    await using at = await atTenant()
    if (text !== undefined) at.files['certificate.pem'] = text
    await expect(at.plan(fresh({ credential }))).rejects.toThrow(sentence)
  })
})

describe('a workload identity', () => {
  const credential = {
    kind: 'federated',
    issuer: 'https://oidc.example.com/cluster',
    subject: 'system:serviceaccount:a:b',
  }
  const federated = async (at: At, id: string | undefined) =>
    at.graph().list<Record<string, unknown>>(`/applications/${id}/federatedIdentityCredentials`)

  test.each([
    ['global', 'api://AzureADTokenExchange'],
    ['us-gcc-high', 'api://AzureADTokenExchangeUSGov'],
    ['china', 'api://AzureADTokenExchangeChina'],
  ])('of the cloud %s is for %s', async (cloud, audience) => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh({ cloud, credential }))
    const { issuer, subject } = credential
    expect(await federated(at, application?.id)).toMatchObject([{ issuer, subject, audiences: [audience] }])
    expect(await at.plan(fresh({ cloud, credential }))).toMatchObject({ lines: [] })
  })

  test('with another audience is put right, and one for another subject stays', async () => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh({ credential }))
    const [made] = await federated(at, application?.id)
    const path = `/applications/${application?.id}/federatedIdentityCredentials`
    await at.graph().patch(`${path}/${made?.id}`, { audiences: ['api://other'] })
    await at.settle()
    const other = { ...credential, subject: 'system:serviceaccount:a:other' }
    await at.apply(fresh({ credential: other }))
    await at.apply(fresh({ credential }))
    expect((await federated(at, application?.id)).map(({ subject, audiences }) => [subject, audiences])).toEqual([
      [credential.subject, ['api://AzureADTokenExchange']],
      [other.subject, ['api://AzureADTokenExchange']],
    ])
  })

  test('needs no client secret', async () => {
    await using at = await atTenant()
    await at.apply(fresh({ credential }))
    expect(at.printed).toEqual([])
  })
})
