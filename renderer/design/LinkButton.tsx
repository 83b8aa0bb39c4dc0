import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type AnchorProps = ButtonProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & { ref?: Ref<HTMLAnchorElement> };

function AnchorButton(props: AnchorProps) {
  return <Button component="a" {...props} />;
}

/** Looks like a button and is a link: it can be opened in a new tab, and its address and search are checked. */
export const LinkButton = createLink(AnchorButton);
