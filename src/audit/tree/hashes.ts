import { hash } from 'node:crypto'

const leafMark = Buffer.of(0x00)
const nodeMark = Buffer.of(0x01)
const sha256 = (...parts: readonly Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer')

/** Bytes in each hash of the tree. */
export const hashBytes = 32

/**
 * The hash of one record, from the exact bytes that are stored: SHA-256(0x00 ‖ bytes). A text stands for its UTF-8.
 * Source: RFC 6962, 2.1; RFC 9162, 2.1.1.
 */
export const leafHash = (bytes: Uint8Array | string): Buffer =>
  sha256(leafMark, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)

/** The hash over two subtrees: SHA-256(0x01 ‖ left ‖ right). Its mark keeps a node from being taken for a record. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(nodeMark, left, right)

/** The root of a tree without records: SHA-256 of nothing. */
export const emptyRoot = (): Buffer => sha256()
