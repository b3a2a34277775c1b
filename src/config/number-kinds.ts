import { z } from 'zod'

/** How a value begins that Kubernetes has set for a Service. */
export const ofService = /^(tcp|udp|sctp):\/\//
const fromKubernetes =
  'holds what Kubernetes sets for a Service of that name in the namespace: give the Service another name, or set enableServiceLinks: false'
const withUnit = 'must be a number alone, without a unit: the name of the setting says it'

/** A number from 0 to `high`. */
export const number = (high: number) =>
  z
    .string()
    .trim()
    .refine(value => !ofService.test(value), fromKubernetes)
    .refine(value => !/^[\d.,]+ ?[a-z]+$/i.test(value), withUnit)
    .refine(value => !/^\d+,\d+$/.test(value), 'must be a number: with a point, not with a comma')
    .regex(/^\d+(\.\d+)?$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().max(high, `must be at most ${high}`))
/** The number of a port. */
export const port = number(65535).refine(Number.isInteger, 'must be a whole number')
/** A number above 0, at most `high`. */
export const positive = (high: number) => number(high).refine(value => value > 0, 'must be more than 0')

/** A number of seconds from `low` to `high`. */
export const seconds = (low: number, high: number) =>
  number(high).refine(value => value >= low, `must be at least ${low}`)
