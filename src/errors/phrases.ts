import type { Language } from './codes.ts'

/**
 * Reasons that are said in the same words each time, in Chinese. What is not here is said in
 * English.
 */
const chinese: Readonly<Record<string, string>> = {
  'unknown field': '未知字段',
  'logins are not tried out when they are stored': '保存凭据时不做连通性验证',
  'a login has no description here': '凭据没有描述',
  'a login is not bound to hosts here': '凭据不与主机绑定',
  'only logins of hosts are kept here': '此处只保存主机凭据',
  "a setting of OCP 4's agent, which is not passed on to it":
    'OCP 4 Agent 的配置项，不会传递给 Agent',
  'there is no password box here': '没有密码箱',
  'a cluster has no description here': '集群没有描述',
  'an OBProxy cluster has no description here': 'OBProxy 集群没有描述',
  'use startupParameters to set parameters at the start': '请使用 startupParameters 设置启动参数',
  'checks run inside the task': '检查在任务中进行',
  'users have a name, a password and roles here': '用户只有用户名、密码和角色',
  'not a text that can be stored': '包含无法存储的字符',
  'Malformed JSON request': 'JSON 格式错误',
  'Malformed multipart form': 'multipart 表单格式错误',
  'the body is empty': '请求体为空',
  'the body is not as long as Content-Length says': '请求体长度与 Content-Length 不一致',
  'the body is too large': '请求体过大',
  'the form has too many fields': '表单字段过多',
  'the form has more than one file': '表单包含多个文件',
  'the store is away': '存储不可用',
  'the upload broke off': '上传中断',
  'another request adds the same hosts': '另一个请求正在添加相同的主机',
  'let it end first': '请先等待其结束',
  'retry it first': '请先重试',
  'retry it or roll it back first': '请先重试或回滚',
  'the request does not have the right form': '请求格式不正确',
  'one rpm in the form field "file"': '需在表单字段 "file" 中上传一个 RPM',
  'not a private key in PEM, PKCS#8 or OpenSSH form': '不是 PEM、PKCS#8 或 OpenSSH 格式的私钥',
  'this is the public key; post the private one, the file without .pub':
    '这是公钥，请提交私钥（不带 .pub 的文件）',
  'the key has a passphrase, which nobody can enter here; ssh-keygen -p -N "" -f COPY takes it off a copy':
    '私钥设有密码，此处无法输入；可用 ssh-keygen -p -N "" -f COPY 去掉副本的密码',
  'the line breaks of the key are lost': '私钥的换行符丢失',
  'must be an IPv4 address': '应为 IPv4 地址',
  'must be a Linux user name': '应为 Linux 用户名',
  'must be a letter, then letters, digits and _, 2 to 48 characters':
    '以字母开头，由字母、数字、下划线组成，长度 2～48',
  "must be one of the zone's servers": '必须是该 Zone 中的服务器',
  'must have only letters, digits and _.@+- between slashes, without . and ..':
    '斜线之间只能是字母、数字和 _.@+-，不能是 . 和 ..',
  'must have only letters, digits and _': '只能是字母、数字和下划线',
  'must be a letter, then letters, digits, _ and -, at most 48 characters':
    '以字母开头，由字母、数字、_ 和 - 组成，最多 48 个字符',
  'must be an address or a host name': '应为地址或主机名',
  'must be a whole number from 1': '应为从 1 开始的整数',
  'must have 8 to 64 visible ASCII characters': '应为 8～64 个可见 ASCII 字符',
  'must be SHA256: and 43 characters, as ssh-keygen -l prints it':
    '应为 SHA256: 加 43 个字符，即 ssh-keygen -l 的输出',
  'passwords go into password and proxyroPassword': '密码请填入 password 和 proxyroPassword',
  'must have clusterName or clusterId': '应包含 clusterName 或 clusterId',
  'a type needs its passphrase': '指定 type 时必须提供 passphrase',
  'given twice': '重复指定',
  'must have no spaces, commas, quotes or backslashes': '不能包含空格、逗号、引号或反斜线',

  'no login was sent': '未提供认证信息',
  'the session has ended; log in again': '会话已结束，请重新登录',
  'a call by cookie must say its Origin or Sec-Fetch-Site':
    '使用 Cookie 的调用必须带有 Origin 或 Sec-Fetch-Site',
  'too many streams are open': '打开的事件流过多',
  'the signature does not match the call': '签名与请求不一致',
  'the date of the signature is missing or more than 15 minutes off':
    '签名日期缺失，或与服务器时间相差超过 15 分钟',
  'there is no such access key': 'AccessKey 不存在',
  'must be a letter, then letters, digits, _ . @ -, 2 to 48 characters':
    '以字母开头，由字母、数字和 _ . @ - 组成，长度 2～48',
  '8 to 32 characters, of digits, upper case, lower case and ~!@#%^&*_-+=|(){}[]:;,.?/ at least three':
    '长度 8～32，数字、大写字母、小写字母和 ~!@#%^&*_-+=|(){}[]:;,.?/ 至少包含三类',

  call: '接口',
  'access key': 'AccessKey',
  user: '用户',
  cluster: '集群',
  credential: '凭据',
  host: '主机',
  'host type': '机型',
  IDC: '机房',
  region: '区域',
  zone: 'Zone',
}

/** What is reported of a field of OCP that has no effect here. */
export const ignoredFieldIn = (language: Language, why: string): string =>
  language === 'zh'
    ? `OCP 支持该字段，但在此不起作用：${phraseIn(language, why)}`
    : `OCP knows this field; it has no effect here: ${why}`

/** What is reported of a server package whose companions are not uploaded yet. */
export const missingPackageIn = (language: Language, need: string, release: string): string =>
  language === 'zh'
    ? `还需上传同一构建（${release}）的 ${need}，之后才能用它创建集群`
    : `upload ${need} of the same build (${release}), too: no cluster can be created without it`

export const phraseIn = (language: Language, phrase: string): string =>
  language === 'zh' && Object.hasOwn(chinese, phrase) ? (chinese[phrase] ?? phrase) : phrase
