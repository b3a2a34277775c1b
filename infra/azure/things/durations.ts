/** `PT8H30M`, from hours in steps of a half. Source: 17 rules of https://learn.microsoft.com/graph/identity-governance-pim-rules-overview */
export function durationOf(hours: number): string {
  if (hours === 24) return 'P1D'
  const [whole, minutes] = [Math.floor(hours), Math.round((hours % 1) * 60)]
  return `PT${whole > 0 ? `${whole}H` : ''}${minutes > 0 ? `${minutes}M` : ''}`
}

/** Hours of a duration in days, hours, minutes and seconds; 0 for what is none. */
export function hoursOf(duration: unknown): number {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(String(duration)) ?? []
  return Number(days ?? 0) * 24 + Number(hours ?? 0) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3_600
}
