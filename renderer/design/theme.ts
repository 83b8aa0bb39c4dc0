import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, type MenuProps } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e8effd',
  '#ccdcfa',
  '#a3c0f6',
  '#7aa4ff',
  '#5a8af0',
  '#3a6fe0',
  '#2b62d9',
  '#2455c2',
  '#1d47a4',
  '#163884',
];

/** Mantine's greys of the dark scheme in the cool tone of tokens.css. */
const dark: MantineColorsTuple = [
  '#e3e6eb',
  '#b9c1cc',
  '#9ba5b2',
  '#6f7986',
  '#3f4651',
  '#2b3038',
  '#15181c',
  '#1a1d22',
  '#131519',
  '#0e1013',
];

/** For what destroys; the shades in use meet AA with white on them and as text on our surfaces. */
const red: MantineColorsTuple = [
  '#fdeae8',
  '#fbd0cc',
  '#ffada6',
  '#ff9a91',
  '#ff8379',
  '#cf3f35',
  '#c4291f',
  '#ab231a',
  '#8f1d16',
  '#741812',
];

/** What is longer than its place in the window scrolls there, and is not cut. */
const WITHIN_WINDOW: MenuProps['middlewares'] = {
  flip: true,
  shift: true,
  size: {
    padding: 8,
    apply: ({ availableHeight, elements }) => {
      elements.floating.style.maxHeight = `${availableHeight}px`;
      elements.floating.style.overflowY = 'auto';
    },
  },
};

/** Mantine at our density: every control is 28 px high with 13 px text unless a place asks for more. */
export const theme = createTheme({
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '13px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '20px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  colors: { accent, dark, red },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  respectReducedMotion: true,
  cursorType: 'default',
  focusRing: 'auto',
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      vars: () => ({ root: { '--button-height': '28px', '--button-padding-x': '12px', '--button-fz': '13px' } }),
      styles: { label: { fontWeight: 500 }, root: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    CloseButton: { defaultProps: { size: 24 } },
    InputWrapper: { styles: { label: { marginBottom: 4, fontWeight: 500 }, description: { marginBottom: 4 } } },
    Input: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    FileInput: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Tabs: { styles: { tab: { padding: '8px 12px', fontSize: 13 } } },
    Menu: {
      defaultProps: { shadow: 'md', withinPortal: true, transitionProps: { duration: 60 }, middlewares: WITHIN_WINDOW },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 60 } } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: false, multiline: true, maw: 320, transitionProps: { duration: 60 } },
    },
    Modal: {
      defaultProps: {
        centered: false,
        yOffset: '12vh',
        transitionProps: { duration: 80 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Notification: { defaultProps: { radius: 'lg' } },
  },
});

/** Mantine's own variables, led back to our tokens. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-muted)',
    '--mantine-color-placeholder': 'var(--text-faint)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-error': 'var(--failed)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--text-faint)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-shadow-md': 'var(--shadow)',
    // Buttons without a frame look like links.
    '--mantine-color-accent-light-color': 'var(--accent-text)',
    '--mantine-primary-color-light-color': 'var(--accent-text)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  };
  return { variables: {}, light: shared, dark: shared };
};
