const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i

/** An OData duration in milliseconds, of days, hours, minutes and seconds. Undefined for any other text. */
export function msOf(duration: string): number | undefined {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.exec(duration) ?? []
  if (!parts.test(duration)) return undefined
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/** Writes a number of minutes as the shortest OData duration. */
export function durationOf(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  return `PT${hours ? `${hours}H` : ''}${rest || !hours ? `${rest}M` : ''}`
}
