import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { DownloadReply } from './page.ts'

/**
 * Sends a file piece by piece: the next piece is asked for once the browser has taken the one before. Where the browser goes
 * away, or the membership ends (the guard cuts the answer off then), no further piece is asked for. An error on the way
 * breaks the answer off, so that nobody takes half a file for a whole one.
 */
export async function sendDownload(response: Response, { download, type, pieces }: DownloadReply): Promise<void> {
  // A pipeline into an answer that is over already would wait for ever.
  if (response.destroyed) return
  response.attachment(download)
  response.setHeader('Content-Type', type)
  try {
    await pipeline(pieces, response)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** The other side of the connection left, or the guard cut it off: nobody's fault, and the line of the request says it. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
