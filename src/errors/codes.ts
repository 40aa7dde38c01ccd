import { nodeCodes } from './nodeCodes.ts'
import { type Said, saidIn } from './say.ts'

/**
 * One OCP error: its number before OCP 4.2.2, its HTTP status, its text. `{0}` is the first
 * argument.
 */
export interface CodeEntry {
  readonly int: number
  readonly http: number
  readonly en: string
  readonly zh: string
}

/**
 * OCP's codes that this system uses. Numbers: error table of the older documents; texts: the newer
 * one, made concrete. A code that never had a number takes its own digits. OCP publishes no HTTP
 * status per code; these follow its rules by kind (400 wrong, 404 missing, 409 in the way).
 */
export const codes = {
  // The one error that OCP documents whole is its rate limit, and it has this code.
  '0': {
    int: 0,
    http: 429,
    en: 'Too many requests: the limit of the current window is exceeded',
    zh: '请求次数过多，你已经超过当前流控窗口内的请求上限',
  },
  COM10001: {
    int: 1001,
    http: 400,
    en: 'Parameter {0} is empty or invalid: {1}',
    zh: '参数 {0} 为空或不合法：{1}',
  },
  COM10002: { int: 1002, http: 404, en: 'No {0} is found for {1}', zh: '未找到 {1} 对应的 {0}' },
  COM10003: { int: 1003, http: 400, en: 'Bad request: {0}', zh: '错误的请求：{0}' },
  COM10004: {
    int: 1004,
    http: 503,
    en: 'Service is not available now, try again: {0}',
    zh: '服务暂时不可用，请重试：{0}',
  },
  COM10005: {
    int: 1005,
    http: 409,
    en: 'The request is in conflict with what is there: {0}',
    zh: '请求冲突：{0}',
  },
  COM10006: {
    int: 1006,
    http: 409,
    en: 'A {0} named {1} exists already',
    zh: '名称为 {1} 的 {0} 已存在',
  },
  COM10999: {
    int: 1999,
    http: 500,
    en: 'Unknown error; trace id {0}',
    zh: '未知错误，trace id：{0}',
  },

  IAM10000: { int: 3000, http: 401, en: 'Not logged in: {0}', zh: '未登录：{0}' },
  IAM10004: {
    int: 3004,
    http: 401,
    en: 'Wrong user name or password; attempts left: {0}',
    zh: '用户名或密码错误，还可尝试 {0} 次',
  },
  IAM10007: {
    int: 3007,
    http: 401,
    en: 'Login is blocked after too many wrong passwords; try again in {0} min',
    zh: '密码错误次数过多，登录已被锁定，请 {0} 分钟后重试',
  },
  IAM10009: { int: 3009, http: 400, en: 'The password is invalid: {0}', zh: '密码不合法：{0}' },
  IAM11000: { int: 3100, http: 403, en: 'No permission', zh: '没有权限' },

  TSK10001: { int: 4001, http: 404, en: 'Task {0} does not exist', zh: '任务 {0} 不存在' },
  TSK10007: {
    int: 4007,
    http: 400,
    en: 'Task {0} in state {1} does not support this operation',
    zh: '任务 {0} 处于 {1} 状态，不支持该操作',
  },
  TSK10009: {
    int: 10009,
    http: 400,
    en: 'Task {0} cannot be rolled back',
    zh: '任务 {0} 不支持回滚',
  },
  TSK10010: {
    int: 10010,
    http: 400,
    en: 'Subtask {0} cannot be skipped',
    zh: '子任务 {0} 不支持跳过',
  },

  CMP07004: {
    int: 7004,
    http: 409,
    en: 'Host {0} is offline or in use ({1}); release it to the state {2} first',
    zh: '主机 {0} 离线或正在使用（{1}），请先将其释放为 {2} 状态',
  },
  CMP07005: { int: 7005, http: 404, en: 'Host {0} does not exist', zh: '主机 {0} 不存在' },
  CMP07006: {
    int: 7006,
    http: 409,
    en: 'The state of host {0} does not support this operation',
    zh: '主机 {0} 的状态不支持该操作',
  },
  CMP07008: {
    int: 7008,
    http: 400,
    en: 'Host {0} is in IDC {1}, not in IDC {2} of zone {3}',
    zh: '主机 {0} 位于机房 {1}，与 Zone {3} 的机房 {2} 不一致',
  },
  CMP07010: {
    int: 7010,
    http: 400,
    en: 'Several {1} services on host {0} are not supported',
    zh: '不支持在主机 {0} 上部署多个 {1} 类型的服务',
  },
  CMP07018: {
    int: 7018,
    http: 400,
    en: 'Host {0} is {1}: hosts of different architectures are not supported',
    zh: '主机 {0} 的架构为 {1}，不支持混合架构的主机',
  },
  CMP07025: {
    int: 7025,
    http: 400,
    en: 'Host {0} is {1}, package {2} is built for {3}',
    zh: '主机 {0} 的架构为 {1}，与软件包 {2} 的架构 {3} 不一致',
  },
  CMP07028: {
    int: 7028,
    http: 400,
    en: 'Path {0} is not an absolute path',
    zh: '路径 {0} 不是绝对路径',
  },

  PKG10012: { int: 7512, http: 409, en: 'Package {0} exists already', zh: '软件包 {0} 已存在' },
  PKG10013: {
    int: 7513,
    http: 400,
    en: 'Package {0} is of a type that is not supported here: {1}',
    zh: '软件包 {0} 的类型不支持：{1}',
  },
  PKG10014: { int: 7514, http: 404, en: 'Package {0} does not exist', zh: '软件包 {0} 不存在' },

  OBE11001: { int: 11001, http: 404, en: 'Cluster {0} does not exist', zh: '集群 {0} 不存在' },
  OBE11002: { int: 11002, http: 404, en: 'No cluster is named {0}', zh: '集群 {0} 不存在' },
  OBE11007: {
    int: 11007,
    http: 409,
    en: 'Cluster {0} is {1}, which does not support this operation',
    zh: '集群 {0} 处于 {1} 状态，不支持该操作',
  },
  OBE11008: {
    int: 11008,
    http: 409,
    en: 'Cluster {0} supports this operation only in state {1}',
    zh: '集群 {0} 仅在 {1} 状态下支持该操作',
  },
  OBE11012: { int: 11012, http: 400, en: 'The password must not be empty', zh: '密码不能为空' },
  OBE11013: {
    int: 11013,
    http: 400,
    en: 'The rpm package name must not be empty',
    zh: 'RPM 包名不能为空',
  },
  OBE11014: {
    int: 11014,
    http: 409,
    en: 'Cluster {0} to be created exists already',
    zh: '待创建的集群 {0} 已存在',
  },
  OBE11017: {
    int: 11017,
    http: 404,
    en: 'Primary cluster {0} is not found',
    zh: '未找到主集群 {0}',
  },
  OBE11019: {
    int: 11019,
    http: 400,
    en: 'The server list of zone {0} is empty',
    zh: 'Zone {0} 的服务器列表为空',
  },
  OBE11020: {
    int: 11020,
    http: 409,
    en: 'The previous task {1} of cluster {0} is not finished: {2}',
    zh: '集群 {0} 的上一个运维任务 {1} 尚未结束：{2}',
  },
  OBE11022: {
    int: 11022,
    http: 400,
    en: 'Invalid zone priority: {0}',
    zh: 'Zone 优先级不合法：{0}',
  },
  OBE11023: {
    int: 11023,
    http: 400,
    en: 'Architecture {1} of zone {0} is not that of the package, {2}',
    zh: 'Zone {0} 的架构 {1} 与软件包的架构 {2} 不一致',
  },
  OBE11029: {
    int: 11029,
    http: 400,
    en: 'The password does not follow the rule: {0}',
    zh: '密码不符合规则：{0}',
  },
  OBE18001: {
    int: 12001,
    http: 400,
    en: 'Zone name {0} is invalid: a letter first, then letters, digits and _, 2 to 64 characters',
    zh: 'Zone 名称 {0} 不合法：以字母开头，由字母、数字、下划线组成，长度 2～64',
  },
  OBE18009: { int: 12008, http: 400, en: 'Zone name {0} is used twice', zh: 'Zone 名称 {0} 重复' },
  OBE18010: { int: 18010, http: 400, en: 'There are not enough zones', zh: 'Zone 数量不足' },
  OBE19008: {
    int: 13007,
    http: 400,
    en: 'RPC port {0} is invalid: it must be in (1024, 65535]',
    zh: 'RPC 端口 {0} 不合法：范围为 (1024, 65535]',
  },
  OBE19009: {
    int: 13008,
    http: 400,
    en: 'SQL port {0} is invalid: it must be in (1024, 65535]',
    zh: 'SQL 端口 {0} 不合法：范围为 (1024, 65535]',
  },
  OBE19017: {
    int: 19017,
    http: 400,
    en: 'SQL port and RPC port are both {0}',
    zh: 'SQL 端口与 RPC 端口相同：{0}',
  },
  OBE23101: {
    int: 23101,
    http: 400,
    en: 'The zone priority of the sys tenant must not be RANDOM',
    zh: 'sys 租户的 Zone 优先级不能为 RANDOM',
  },
  OBE23102: {
    int: 23102,
    http: 400,
    en: 'The first priority of {0} must be one zone',
    zh: 'Zone 优先级 {0} 的第一优先级只能有一个 Zone',
  },
  OBE31206: {
    int: 31206,
    http: 400,
    en: '{0} cannot be set when a cluster is created',
    zh: '{0} 不能在创建集群时设置',
  },

  ODP21001: {
    int: 21001,
    http: 404,
    en: 'OBProxy cluster {0} does not exist',
    zh: 'OBProxy 集群 {0} 不存在',
  },

  ...nodeCodes,
} as const satisfies Record<string, CodeEntry>

export type Code = keyof typeof codes

/** How a reply prints codes; OCP changed it with 4.2.2. */
export type CodeForm = 'int' | 'string'

const isCode = (code: string): code is Code => Object.hasOwn(codes, code)

/** A code in the form asked for. One that is not OCP's (obd's `OBD-1007`) is its digits. */
export const codeIn = (form: CodeForm, code: string): string | number => {
  if (form === 'string') return code
  return isCode(code) ? codes[code].int : Number(code.replaceAll(/\D/g, ''))
}
export type Language = 'en' | 'zh'

/** What fills a text: a value, a word that may have a Chinese one, or a sentence. */
export type Words = string | number | Said

const wordsIn = (words: Words, language: Language): string =>
  saidIn(language, typeof words === 'object' ? words : { key: String(words), args: [] })

/** The text of a code in a language, its arguments filled in. */
export const textOf = (code: Code, args: readonly Words[], language: Language): string =>
  codes[code][language].replaceAll(/\{(\d)\}/g, (_, index: string) =>
    wordsIn(args[Number(index)] ?? '', language),
  )
