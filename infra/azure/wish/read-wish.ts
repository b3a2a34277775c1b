import type { z } from 'zod'
import { pathText, type WishFault } from './fault.ts'
import { exampleOfField, fieldsAt } from './fields.ts'
import { nearestName } from './nearest-name.ts'
import { type TenantWish, tenantWish } from './tenant-wish.ts'
import { faultsTogether } from './together.ts'
import { warningsOf } from './warnings.ts'

/** A wish with what is doubtful in it, or every fault that keeps it from being one. */
export type ReadWish = { wish: TenantWish; warnings: readonly string[] } | { faults: readonly WishFault[] }

/** Reads tenant.json. All faults come at once: those of single fields, and those of fields that do not fit together. */
export function readWish(text: string, now: Date): ReadWish {
  const raw = parsed(text.replace(/^\uFEFF/, ''))
  if ('fault' in raw) return { faults: [raw.fault] }
  const { data, error } = tenantWish.safeParse(raw.json)
  const faults = (error?.issues ?? []).flatMap(faultsOfIssue)
  const all = [...faults, ...faultsTogether(data ?? raw.json, now)]
  const first = all.filter((fault, index) => index === all.findIndex(({ path }) => path === fault.path && fault.path))
  // The first fault of a field is enough: what comes after it may only follow from it.
  const distinct = [...first, ...all.filter(({ path }) => path === '')]
  return data && distinct.length === 0 ? { wish: data, warnings: warningsOf(data) } : { faults: distinct }
}

/** What shells and npm make of a file into which the example was printed: the commonest file that is not JSON. */
function howItWasMade(text: string): string | undefined {
  if (text.includes('\0') || text.startsWith('\uFFFD'))
    return 'is UTF-16, as > of Windows PowerShell writes it: save it as UTF-8'
  if (/^\s*> /.test(text))
    return 'begins with what npm says: take out these lines, or print it with npm run setup --silent'
  return undefined
}

function parsed(text: string): { json: unknown } | { fault: WishFault } {
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    const where = /position (\d+)/.exec((error as Error).message)?.[1]
    const line = where === undefined ? '' : ` (line ${text.slice(0, Number(where)).split('\n').length})`
    const made = howItWasMade(text)
    if (made !== undefined) return { fault: { path: '', wrong: made } }
    return {
      fault: { path: '', wrong: `is not JSON${line}: no comments, no comma behind the last one, texts in "quotes"` },
    }
  }
}

function faultsOfIssue(issue: z.core.$ZodIssue): WishFault[] {
  const path = pathText(issue.path)
  if (issue.code !== 'unrecognized_keys') return [{ path, wrong: issue.message, example: exampleOfField(path) }]
  return issue.keys.map(key => unknownField(path, key))
}

function unknownField(path: string, key: string): WishFault {
  const known = fieldsAt(path)
  const at = path === '' ? key : `${path}.${key}`
  if (/\.(eligible|active)\[\d+\]$/.test(path) && key === 'group')
    return {
      path: at,
      wrong:
        'names a group: assignments take people only, because Entra assigns an application to the direct members of a group, and a role-assignable group takes no group as a member',
    }
  const nearest = nearestName(key, known)
  const example = nearest === undefined ? undefined : exampleOfField(path === '' ? nearest : `${path}.${nearest}`)
  return { path: at, wrong: `is not a field; the nearest is ${nearest}`, example: `"${nearest}": ${example}` }
}
