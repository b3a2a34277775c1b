import { describe, expect, test } from 'vitest'
import type { KeptCheck } from '../../../src/setup/daily/kept-check.ts'
import { nextCheck } from '../../../src/setup/daily/next-check.ts'
import type { SetupVerdict } from '../../../src/setup/finding.ts'
import { finding } from './checking.ts'

const day = 24 * 3_600_000
const looked = (verdict: SetupVerdict, isWhole = true) => ({ findings: [finding(verdict)], isWhole })

/** The checks of these days, one after the other: what the log says at the last of them, and what is kept. */
function afterDays(...days: ReturnType<typeof looked>[]) {
  let kept: KeptCheck | undefined
  let said: string[] = []
  for (const [index, each] of days.entries()) {
    const next = nextCheck(each, kept, index * day)
    kept = next.kept
    said = next.sayings.map(({ say, finding: { check, verdict } }) => `${say} ${check} ${verdict}`)
  }
  return { said, verdicts: kept?.findings.map(({ verdict }) => verdict) }
}

describe('the log says', () => {
  test('nothing of what is right', () => expect(afterDays(looked('right')).said).toEqual([]))

  test('what is wrong, each day', () => {
    expect(afterDays(looked('wrong')).said).toEqual(['not-right context-policy wrong'])
    expect(afterDays(looked('wrong'), looked('wrong')).said).toEqual(['not-right context-policy wrong'])
  })

  test('what cannot be told, once', () => {
    expect(afterDays(looked('cannot-tell')).said).toEqual(['not-right context-policy cannot-tell'])
    expect(afterDays(looked('cannot-tell'), looked('cannot-tell')).said).toEqual([])
  })

  test('what was right and is wrong now', () =>
    expect(afterDays(looked('right'), looked('wrong')).said).toEqual(['not-right context-policy wrong']))

  test('what is right again, once', () => {
    expect(afterDays(looked('wrong'), looked('right')).said).toEqual(['right-again context-policy right'])
    expect(afterDays(looked('wrong'), looked('right'), looked('right')).said).toEqual([])
  })

  test('what is wrong only once within some minutes', () => {
    const { kept } = nextCheck(looked('wrong', false), undefined, 0)
    expect(nextCheck(looked('wrong', false), kept, 600_000).sayings).toEqual([])
  })
})

describe('where Microsoft does not answer', () => {
  test('what was wrong stays wrong', () =>
    expect(afterDays(looked('wrong'), looked('cannot-tell', false)).verdicts).toEqual(['wrong']))

  test('what was right stays right', () =>
    expect(afterDays(looked('right'), looked('cannot-tell', false)).verdicts).toEqual(['right']))

  test('what was right is not known any longer after three days', () => {
    const silent = looked('cannot-tell', false)
    expect(afterDays(looked('right'), silent, silent).verdicts).toEqual(['right'])
    expect(afterDays(looked('right'), silent, silent, silent)).toEqual({
      said: ['not-right context-policy cannot-tell'],
      verdicts: ['cannot-tell'],
    })
  })

  test('what nobody knew stays unknown', () =>
    expect(afterDays(looked('cannot-tell', false)).verdicts).toEqual(['cannot-tell']))
})

test('what was wrong cannot be told any longer where a permission was taken away', () =>
  expect(afterDays(looked('wrong'), looked('cannot-tell')).verdicts).toEqual(['cannot-tell']))
