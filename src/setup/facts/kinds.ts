import { z } from 'zod'
import { lowerGuid } from '../../entra/graph/shapes.ts'

/** A text from the tenant as a sentence may show it: one short line that no terminal takes for a command. */
export const shown = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 80)

/** A person, a group or an application in a list. A caller who may not read people sees ids alone. */
export const principalShape = z.object({
  '@odata.type': z.string(),
  id: lowerGuid,
  displayName: z.string().nullish().catch(undefined),
  accountEnabled: z.boolean().nullish().catch(undefined),
})
export type Principal = z.infer<typeof principalShape>

/** Whether a row of a list is of this kind. */
export const isA = (kind: 'user' | 'group', { '@odata.type': type }: Principal): boolean =>
  type.split('.').at(-1)?.toLowerCase() === kind
