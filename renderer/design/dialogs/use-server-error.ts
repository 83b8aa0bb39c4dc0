import type { UseFormReturnType } from '@mantine/form';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { applyServerError } from './server-field-error.ts';

export interface ServerError {
  /** To be put on the form. */
  form: RefObject<HTMLFormElement | null>;
  /** What no field shows. */
  error: unknown;
  clear: () => void;
  show: (failure: unknown) => void;
}

/** A refusal goes to the field it names; one that names none, or a field that is not to be seen, is told by itself. */
export function useServerError<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  fieldNames?: Record<string, string>,
): ServerError {
  const element = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<unknown>(null);
  const [atField, setAtField] = useState<unknown>(null);
  useEffect(() => {
    if (atField === null) return;
    const marks = element.current?.querySelectorAll('[aria-invalid="true"], [role="alert"]') ?? [];
    if (![...marks].some((mark) => mark.checkVisibility())) setError(atField);
    setAtField(null);
  }, [atField]);
  return {
    form: element,
    error,
    clear: () => setError(null),
    show: (failure) => (applyServerError(form, failure, fieldNames) ? setAtField(failure) : setError(failure)),
  };
}
