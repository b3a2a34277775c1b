import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { faultsOf, good } from './good.ts'

const url = 'https://siem.example.com/hooks/gatehouse?token=7'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='

test('without an address there is no webhook', () => {
  expect(loadConfig(good).audit.webhook).toBeUndefined()
})

test('an address and its secrets make one, and neither is ever printed', () => {
  const { webhook } = loadConfig({
    ...good,
    AUDIT_WEBHOOK_URL: url,
    AUDIT_WEBHOOK_SECRET: `${secret},${secret.slice(6)}`,
  }).audit
  expect([webhook?.url.reveal(), webhook?.secrets.map(each => each.reveal())]).toEqual([url, [secret, secret.slice(6)]])
  expect(JSON.stringify(webhook)).toBe('{"url":"[secret]","secrets":["[secret]","[secret]"]}')
})

test('an address without a secret is refused, because nobody there could tell a record from a forged one', () => {
  const faults = faultsOf({ ...good, AUDIT_WEBHOOK_URL: url })
  expect(faults).toEqual([
    expect.stringMatching(/^AUDIT_WEBHOOK_SECRET is required where AUDIT_WEBHOOK_URL is given\. Example: /),
  ])
})

test('a secret without an address does nothing, and that is said', () => {
  expect(unknownSettings({ ...good, AUDIT_WEBHOOK_SECRET: secret })).toEqual([
    'AUDIT_WEBHOOK_SECRET is not looked at: there is no AUDIT_WEBHOOK_URL',
  ])
})

test.each([
  ['http://siem.example.com/hook', 'must be https (http only for a loopback host)'],
  ['siem.example.com', 'must be an absolute URL'],
  ['https://user:pass-word@siem.example.com/hook', 'must be without a user name'],
])('the address %s is refused', (wrong, why) => {
  const [fault, ...more] = faultsOf({ ...good, AUDIT_WEBHOOK_URL: wrong, AUDIT_WEBHOOK_SECRET: secret })
  expect(fault).toContain(`AUDIT_WEBHOOK_URL ${why}`)
  expect(more).toEqual([])
})

test.each([
  ['a phrase that is long, and no base64 at all'],
  [`whsec_${Buffer.alloc(23, 'Random-bytes').toString('base64')}`],
  [`whsec_${Buffer.alloc(65, 'Random-bytes').toString('base64')}`],
])('the secret %s is refused', wrong => {
  const [fault] = faultsOf({ ...good, AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: wrong.replaceAll(',', ';') })
  expect(fault).toMatch(/^AUDIT_WEBHOOK_SECRET must (be 24 to 64 random bytes|have at least)/)
})

test('http is enough for a receiver on this machine', () => {
  const here = { ...good, AUDIT_WEBHOOK_URL: 'http://127.0.0.1:9000/hook', AUDIT_WEBHOOK_SECRET: secret }
  expect(loadConfig(here).audit.webhook?.url.reveal()).toBe('http://127.0.0.1:9000/hook')
})
