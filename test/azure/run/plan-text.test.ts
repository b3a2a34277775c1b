import { expect, test } from 'vitest'
import type { Thing } from '../../../infra/azure/model/thing.ts'
import { planText } from '../../../infra/azure/run/plan-text.ts'

test('a name in the tenant writes no line of its own into a plan, and moves no cursor', () => {
  const line = { object: 'groups', action: 'change', before: ['a\u001b[2K'], after: ['b'] } as const
  const text = planText([
    { thing: {} as Thing, line, left: ['x\nNothing to do: all 3 objects are as they should be.'] },
  ])
  expect(text.split('\n')).toEqual([
    '~ groups',
    '    - a\uFFFD[2K',
    '    + b',
    'Left alone:',
    '  x\uFFFDNothing to do: all 3 objects are as they should be.',
    '0 to create, 1 to change, 0 as they should be.',
  ])
})
