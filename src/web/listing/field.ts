export type Option = { value: string; label: string }

/**
 * The model of `partials/form/field`. `id` is the name where it is left out; several forms on one page need ids of their own. An
 * error makes the field invalid, and `partials/form/error-summary` leads to it. Days and minutes are UTC.
 */
export type Field = {
  id?: string
  name: string
  label: string
  hint?: string
  error?: string
  isRequired?: boolean
  /** For a page that shows one field with an error and no summary of errors. */
  hasFocus?: boolean
  /** The choice that this field belongs to. A style sheet may hide the field while another one is ticked; it is sent all the same. */
  belongsTo?: string
} & (
  | { kind: 'text'; value: string; maxLength?: number; isShort?: boolean }
  | { kind: 'lines'; value: string; maxLength?: number; rows?: number }
  | { kind: 'select'; value: string; options: readonly Option[] }
  | { kind: 'day' | 'minute'; value: string; min?: string; max?: string }
  | { kind: 'radios'; value: string; options: readonly (Option & { hint?: string })[]; isDown?: boolean }
  | {
      kind: 'ticks'
      value?: string
      options: readonly (Option & { hint?: string; isTicked: boolean })[]
      isDown?: boolean
    }
  | { kind: 'tick'; value: string; isTicked: boolean }
)
