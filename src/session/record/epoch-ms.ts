import { z } from 'zod'

/** An instant in epoch ms, as it is written down. */
export const epochMs = z.int().positive()
