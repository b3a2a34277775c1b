import { describe, expect, test } from 'vitest'
import { handleOf } from '../../../src/session/record/record.ts'

describe('the handle of a session', () => {
  test('is its lineage, which each new id keeps', () => {
    expect([handleOf('id', { lineage: 'lineage' }), handleOf('next id', { lineage: 'lineage' })]).toEqual([
      'lineage',
      'lineage',
    ])
  })

  test('is another for each id where an earlier release gave no lineage', () => {
    expect(handleOf('id', {})).not.toBe(handleOf('next id', {}))
  })

  test('is the same also for whoever knows nothing but the id', () => {
    expect(handleOf('id')).toBe(handleOf('id', {}))
  })

  test('does not give the id away', () => {
    expect(handleOf('secret-id')).toMatch(/^(?!.*secret-id).+$/)
  })
})
