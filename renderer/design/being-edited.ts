/**
 * Whether a person is in the field of a form just now (`getInputProps` gives fields their `data-path`). What arrives late,
 * such as a proposed name, must not be put there: it would land between their keystrokes.
 */
export function isBeingEdited(field: string): boolean {
  return document.activeElement?.closest<HTMLElement>('[data-path]')?.dataset.path === field;
}
