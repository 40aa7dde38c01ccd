import design from '@oceanbase/design/es/theme/default'
import { type ThemeConfig, theme } from 'antd'

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** What every state and surface is painted with; text on its surface reaches WCAG AA. */
const shared: ThemeConfig = {
  cssVar: true,
  hashed: false,
  components: {
    Layout: { headerHeight: 48, headerPadding: '0 16px' },
    Menu: { horizontalLineHeight: '46px', itemBorderRadius: 4 },
    Table: { cellPaddingBlock: 8, cellPaddingInline: 12 },
  },
}

/** OceanBase's own design tokens; its grey for secondary text is made darker than its gray7. */
const light: ThemeConfig = {
  ...shared,
  token: {
    ...design.token,
    colorTextSecondary: '#4a5878',
    colorTextTertiary: '#5c6b8a',
    colorTextDescription: '#5c6b8a',
    colorTextPlaceholder: '#5c6b8a',
    colorLink: '#0a5ccf',
    colorError: '#c22b2b',
    colorPrimary: '#0a5ccf',
    colorBgLayout: '#f5f7fc',
  },
}

const dark: ThemeConfig = {
  ...shared,
  algorithm: theme.darkAlgorithm,
  components: {
    ...shared.components,
    Menu: {
      ...shared.components?.Menu,
      itemSelectedColor: '#8fbcff',
      horizontalItemSelectedColor: '#8fbcff',
      itemHoverColor: '#8fbcff',
      horizontalItemHoverColor: '#8fbcff',
    },
  },
  token: {
    // The dark algorithm darkens it: so it ends above AA on a panel.
    colorError: '#ff8480',
    fontSize: 13,
    borderRadius: 6,
    colorPrimary: '#3d85ee',
    colorLink: '#7db2ff',
    colorBgBase: '#10141c',
    // As styles/base.css has them: the algorithm's own are bluer than the panels around them.
    colorBgLayout: '#10141c',
    colorBgContainer: '#171c26',
    colorBgElevated: '#1f2633',
    colorBorder: '#445066',
    colorBorderSecondary: '#2c3545',
    colorFillAlter: '#1b212d',
    colorTextPlaceholder: '#9aa5bd',
    colorTextDescription: '#a3adc2',
    colorTextSecondary: '#b8c1d4',
    colorTextTertiary: '#a3adc2',
  },
}

/** The theme; a still one shows at once what otherwise slides, grows or fades. */
export function themeOf(chosen: Theme, still: boolean): ThemeConfig {
  const whole = chosen === 'dark' ? dark : light
  return still ? { ...whole, token: { ...whole.token, motion: false } } : whole
}
