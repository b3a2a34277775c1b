import { shortestMinutes } from '../../entra/pim/limits.ts'

/** Minutes as people say them: "30 minutes", "1 hour", "2 hours 30 minutes". */
export function inWords(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [inUnits(hours, 'hour'), inUnits(rest, 'minute')].filter(part => part).join(' ') || '0 minutes'
}

const inUnits = (count: number, unit: string) => (count === 0 ? '' : `${count} ${unit}${count === 1 ? '' : 's'}`)

const steps = [30, 60, 120, 240, 480, 720]

/** The choices on the form, in minutes, shortest first: a few round times, and always the longest that is allowed. */
export function durationsFor(longestMinutes: number): number[] {
  const longest = Math.max(shortestMinutes, Math.floor(longestMinutes))
  return [...steps.filter(step => step < longest), longest]
}

const usual = 60
/**
 * The shortest choice that would have covered the last three uses. Without any use, it is an hour, or the choice nearest
 * to an hour. All in minutes; `lastUses` newest first.
 */
export function defaultMinutes(lastUses: readonly number[], choices: readonly number[]): number {
  const known = lastUses.slice(0, 3).filter(minutes => minutes > 0)
  const needed = Math.max(...known)
  if (known.length > 0) return choices.find(choice => choice >= needed) ?? choices.at(-1) ?? usual
  const byDistance = choices.toSorted((one, other) => Math.abs(one - usual) - Math.abs(other - usual))
  return byDistance[0] ?? usual
}
