import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** The value of a gauge, with the labels that tell it apart from the gauge's other values. */
export type Reading<Label extends string = never> = { value: number; labels?: Record<Label, string> }

/** The labels of an instrument, and every combination of their values that is counted from 0 on. */
type Known<Label extends string> = { labelNames: readonly Label[]; known: readonly Partial<Record<Label, string>>[] }

/** Makes counters, histograms and gauges in a registry. */
export const createInstruments = (registry: Registry) => ({
  counter<Label extends string>(name: string, help: string, { labelNames, known }: Known<Label>): Counter<Label> {
    const made = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
    for (const labels of known) made.inc(labels, 0)
    return made
  },

  histogram<Label extends string>(
    name: string,
    help: string,
    { labelNames, known, buckets }: Known<Label> & { buckets: number[] },
  ): Histogram<Label> {
    const made = new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [registry] })
    for (const labels of known) made.zero(labels)
    return made
  },

  /** A value that is read at each scrape. A value that is unknown then is left out: it is neither 0 nor the last value. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    read: () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>,
    labelNames: readonly Label[] = [],
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const readings = await (async () => read())().catch(() => [])
        this.reset()
        // A gauge without labels is 0 after a reset.
        if (labelNames.length === 0) this.remove()
        for (const { labels, value } of readings)
          if (Number.isFinite(value)) this.set((labels ?? {}) as Record<Label, string>, value)
      },
    })
  },
})
export type Instruments = ReturnType<typeof createInstruments>
