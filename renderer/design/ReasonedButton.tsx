import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Verdict } from './verdict.ts';

export interface ReasonedButtonProps extends Pick<ButtonProps, 'variant' | 'leftSection' | 'loading' | 'color'> {
  verdict: Verdict;
  /** Within a line of text. */
  isSmall?: boolean;
  onClick: () => void;
  children: ReactNode;
}

/** A button that says why it cannot be pressed; it keeps the focus, so that the reason can be read by keyboard too. */
export function ReasonedButton({ verdict, isSmall, onClick, children, ...button }: ReasonedButtonProps) {
  const reason = verdict.allowed ? undefined : verdict.reason;
  return (
    <Tooltip label={reason} disabled={!reason}>
      <Button
        {...button}
        {...(isSmall && { h: 24, px: 8 })}
        data-disabled={reason ? true : undefined}
        aria-disabled={reason ? true : undefined}
        aria-description={reason}
        onClick={() => {
          if (!reason) onClick();
        }}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
