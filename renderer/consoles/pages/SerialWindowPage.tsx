import { useSearch } from '@tanstack/react-router';

export function SerialWindowPage() {
  const { title } = useSearch({ from: '/console/serial' });
  return <main>{title}</main>;
}
