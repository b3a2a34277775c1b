import { diffOf } from './diff.ts'
import type { Planned } from './plan.ts'

const signs = { create: '+', change: '~', nothing: '=' } as const

/** A plan as people read it: what would be created (`+`) and changed (`~`), and what stands there and is left alone. */
export function planText(planned: readonly Planned[]): string {
  const differing = planned.filter(({ line }) => line.action !== 'nothing')
  const lines = differing.flatMap(({ line }) => [`${signs[line.action]} ${line.object}`, ...diffOf(line)])
  const left = planned.flatMap(each => each.left)
  const all = [
    ...lines,
    ...(left.length > 0 ? ['Left alone:', ...left.map(sentence => `  ${sentence}`)] : []),
    sumOf(planned),
  ]
  // Names come from the tenant, where others write them: none of them writes a line of the plan, or moves the cursor.
  return all.map(line => line.replace(/\p{Cc}/gu, '\uFFFD')).join('\n')
}

function sumOf(planned: readonly Planned[]): string {
  const count = (action: string) => planned.filter(({ line }) => line.action === action).length
  const [create, change] = [count('create'), count('change')]
  if (create + change === 0) return `Nothing to do: all ${planned.length} objects are as they should be.`
  return `${create} to create, ${change} to change, ${count('nothing')} as they should be.`
}
