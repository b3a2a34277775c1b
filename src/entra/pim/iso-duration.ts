const pattern = /^P(?=.)(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d{1,7})?S)?)?$/

/** Whole minutes of an OData duration such as PT1H30M or P365D; undefined for anything else, months and years too. */
export function minutesOf(duration: string): number | undefined {
  const parts = pattern.exec(duration)
  if (!parts) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(part => Number(part ?? 0))
  return Math.floor(days * 1440 + hours * 60 + minutes + seconds / 60)
}

/** Minutes as an OData duration: 90 is PT1H30M. */
export function durationOf(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return `PT${hours ? `${hours}H` : ''}${rest || !hours ? `${rest}M` : ''}`
}
