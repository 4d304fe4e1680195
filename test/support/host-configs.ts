// Teams' three looks, as far as the renderer of adaptivecards takes them: our own reading of the colours and sizes that
// Teams shows. The high-contrast one has black and white and one colour for what can be pressed.

export type ThemeName = 'light' | 'dark' | 'contrast';

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly text: string;
  readonly subtle: string;
  readonly accent: string;
  readonly attention: string;
  readonly line: string;
  readonly field: string;
  readonly boxes: { readonly emphasis: string; readonly attention: string; readonly warning: string; readonly good: string };
}

const palettes = {
  light: {
    page: '#f5f5f5',
    card: '#ffffff',
    text: '#242424',
    subtle: '#616161',
    accent: '#5b5fc7',
    attention: '#b10e1c',
    line: '#d1d1d1',
    field: '#ffffff',
    boxes: { emphasis: '#f5f5f5', attention: '#fdf3f4', warning: '#fbf6d9', good: '#e7f2da' },
  },
  dark: {
    page: '#1f1f1f',
    card: '#292929',
    text: '#ffffff',
    subtle: '#adadad',
    accent: '#7f85f5',
    attention: '#f1707b',
    line: '#525252',
    field: '#1f1f1f',
    boxes: { emphasis: '#1f1f1f', attention: '#3b1519', warning: '#3d2f00', good: '#16301a' },
  },
  contrast: {
    page: '#000000',
    card: '#000000',
    text: '#ffffff',
    subtle: '#ffffff',
    accent: '#1aebff',
    attention: '#ffffff',
    line: '#ffffff',
    field: '#000000',
    boxes: { emphasis: '#000000', attention: '#000000', warning: '#000000', good: '#000000' },
  },
} as const satisfies Record<ThemeName, Palette>;

export const themes = ['light', 'dark', 'contrast'] as const satisfies readonly ThemeName[];

const fontFamily = "'Segoe UI', 'Open Sans', 'DejaVu Sans', sans-serif";
const fontWeights = { lighter: 200, default: 400, bolder: 600 };
const fontSizes = { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 };

/** What `AdaptiveCards.HostConfig` takes. */
export function hostConfig(theme: ThemeName): object {
  const palette = palettes[theme];
  const foregroundColors = {
    default: { default: palette.text, subtle: palette.subtle },
    accent: { default: palette.accent, subtle: palette.accent },
    attention: { default: palette.attention, subtle: palette.attention },
  };
  const style = (backgroundColor: string) => ({ backgroundColor, foregroundColors });
  return {
    fontTypes: {
      default: { fontFamily, fontSizes, fontWeights },
      monospace: { fontFamily: "Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace", fontSizes, fontWeights },
    },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 12 },
    separator: { lineThickness: 1, lineColor: palette.line },
    containerStyles: {
      default: style(palette.card),
      emphasis: style(palette.boxes.emphasis),
      attention: style(palette.boxes.attention),
      warning: style(palette.boxes.warning),
      good: style(palette.boxes.good),
    },
    inputs: {
      label: { inputSpacing: 'small', requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' }, optionalInputs: { weight: 'bolder' } },
      errorMessage: { size: 'small', color: 'attention' },
    },
    actions: { maxActions: 6, spacing: 'default', buttonSpacing: 8, actionsOrientation: 'horizontal', actionAlignment: 'left' },
    textStyles: { heading: { size: 'large', weight: 'bolder' } },
    textBlock: { headingLevel: 2 },
    factSet: { title: { weight: 'bolder', wrap: true, maxWidth: 110 }, value: { wrap: true }, spacing: 16 },
  };
}

/** Buttons, fields and frames, which the renderer leaves to its host. */
export function styleSheet(theme: ThemeName): string {
  const palette = palettes[theme];
  const box = theme === 'contrast' ? `.ac-container[style*="background-color"] { border: 1px solid ${palette.line}; }` : '';
  return `
    body { margin: 0; padding: 16px; background: ${palette.page}; color: ${palette.text}; font: 14px ${fontFamily}; }
    .frames { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
    .frame { background: ${palette.page}; padding: 8px; }
    .frame > .name { font-size: 11px; color: ${palette.subtle}; padding-bottom: 4px; }
    .frame > .card { border: 1px solid ${theme === 'contrast' ? palette.line : 'transparent'}; border-radius: 6px; overflow: hidden; box-shadow: 0 1px 3px rgb(0 0 0 / .18); }
    .ac-pushButton { font: 600 14px ${fontFamily}; color: ${palette.text}; background: ${palette.card}; border: 1px solid ${palette.line}; border-radius: 4px; padding: 5px 12px; min-height: 32px; }
    .ac-pushButton.style-positive { background: ${palette.accent}; color: ${theme === 'light' ? '#ffffff' : '#000000'}; border-color: ${palette.accent}; }
    .ac-input { font: 14px ${fontFamily}; color: ${palette.text}; }
    .ac-textInput, select.ac-multichoiceInput { width: 100%; box-sizing: border-box; background: ${palette.field}; color: ${palette.text}; border: 1px solid ${palette.line}; border-radius: 4px; padding: 5px 8px; min-height: 32px; }
    .ac-textInput::placeholder { color: ${palette.subtle}; }
    .ac-choiceSetInput-expanded label { padding: 2px 0; }
    .ac-anchor { color: ${palette.accent}; }
    ${box}`;
}
