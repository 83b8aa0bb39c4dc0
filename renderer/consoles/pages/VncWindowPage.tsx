import { useSearch } from '@tanstack/react-router';

export function VncWindowPage() {
  const { title } = useSearch({ from: '/console/vnc' });
  return <main>{title}</main>;
}
