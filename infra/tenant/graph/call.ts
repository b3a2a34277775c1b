import type { GraphPlace } from '../calls.ts'
import type { Serve } from './reply.ts'
import type { Asked } from './strict.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

/** One call that this Graph answers: its address, the part of Graph that it counts for, and what it may ask. */
export type Call = [method: Method, path: string, place: GraphPlace, asked: Asked, serve: Serve]
