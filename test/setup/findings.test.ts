import { expect, test } from 'vitest'
import { findingsOf } from '../../src/setup/findings.ts'

const expected = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  clientId: '22222222-2222-4222-8222-222222222222',
  baseUrl: 'https://admin.example.com',
  credential: 'secret' as const,
  gates: [],
  features: {
    roster: false,
    notifications: false,
    selfService: false,
    administration: false,
    people: false,
    findings: true,
  },
}

test('without a token every check still answers, and none is wrong', async () => {
  const found = await findingsOf({
    graph: { call: async () => ({}), list: async () => [] },
    token: () => Promise.reject(new Error('nobody signed in')),
    expected,
    clock: () => new Date('2026-11-29T12:00:00Z'),
  })

  expect(found.length).toBeGreaterThan(0)
  expect(found.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
})
