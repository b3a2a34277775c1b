/**
 * A map of at most `most` entries, so that nothing from outside makes it grow for ever. One more entry makes it forget the
 * one that was set longest ago.
 */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number

  constructor(most: number) {
    super()
    this.#most = most
  }

  override set(key: Key, value: Value): this {
    // Deleted first, because a map keeps the place of a key that it knows.
    this.delete(key)
    for (const oldest of this.keys()) {
      if (this.size < this.#most) break
      this.delete(oldest)
    }
    return super.set(key, value)
  }
}
