import type { CodeEntry } from './codes.ts'

/**
 * OCP's codes of what goes wrong while a task works, on hosts and in clusters. A failed subtask
 * carries its own, more concrete message; these are what the code means by itself. Sources as in
 * codes.ts; `http` is what they are answered with when they are found by a call.
 */
export const nodeCodes = {
  TSK10005: {
    int: 4005,
    http: 500,
    en: 'Running a command on a host failed: {0}',
    zh: '在主机上执行命令失败：{0}',
  },
  TSK10006: {
    int: 4006,
    http: 500,
    en: 'Saving file {0} on host {1} failed',
    zh: '在主机 {1} 上保存文件 {0} 失败',
  },
  TSK10012: { int: 10012, http: 500, en: 'The subtask timed out: {0}', zh: '子任务执行超时：{0}' },
  TSK10013: { int: 10013, http: 500, en: 'The subtask was interrupted', zh: '子任务被中断' },
  TSK10014: { int: 10014, http: 500, en: 'The subtask was canceled', zh: '子任务已被取消' },
  TSK10015: {
    int: 10015,
    http: 500,
    en: 'The node that executed the subtask restarted: {0}',
    zh: '执行子任务的节点已重启：{0}',
  },

  CRD08006: {
    int: 8006,
    http: 400,
    en: 'The user may not use sudo on the host: {0}',
    zh: '用户无法在主机上使用 sudo：{0}',
  },

  CMP07015: {
    int: 7015,
    http: 400,
    en: 'Connecting to the host by SSH failed: {0}',
    zh: '通过 SSH 连接主机失败：{0}',
  },
  CMP07021: {
    int: 7021,
    http: 400,
    en: 'The clock of host {0} differs too much: {1} ms',
    zh: '主机 {0} 的时钟偏差过大：{1} 毫秒',
  },
  CMP07036: {
    int: 7036,
    http: 400,
    en: 'Commands are missing on host {0}: {1}',
    zh: '主机 {0} 缺少命令：{1}',
  },
  CMP07037: {
    int: 7037,
    http: 400,
    en: 'User {1} does not exist on host {0}',
    zh: '主机 {0} 上不存在用户 {1}',
  },
  CMP07050: {
    int: 7050,
    http: 400,
    en: 'Free space of directory {1} on host {0} is {2}, less than {3}',
    zh: '主机 {0} 上目录 {1} 的可用空间为 {2}，小于 {3}',
  },
  CMP07053: {
    int: 7053,
    http: 400,
    en: 'Disk IO of host {0} is below the standard',
    zh: '主机 {0} 的磁盘 IO 性能低于标准',
  },

  OBE10002: {
    int: 1500,
    http: 500,
    en: 'Operating OceanBase failed: {0}',
    zh: '操作 OceanBase 失败：{0}',
  },
  OBE11021: {
    int: 11021,
    http: 409,
    en: 'Another {1} service is deployed on host {0}',
    zh: '主机 {0} 上已部署其他 {1} 服务',
  },
  OBE12000: {
    int: 11100,
    http: 500,
    en: 'Cannot connect to the cluster; check password, whitelist and network: {0}',
    zh: '无法连接集群，请检查密码、白名单和网络：{0}',
  },
  OBE19006: {
    int: 13005,
    http: 500,
    en: 'OBServer {0} failed to start',
    zh: 'OBServer {0} 启动失败',
  },
  OBE19018: {
    int: 19018,
    http: 400,
    en: 'Host {0} has too little CPU',
    zh: '主机 {0} 的 CPU 不足',
  },
  OBE19019: {
    int: 19019,
    http: 400,
    en: 'Host {0} has too little memory',
    zh: '主机 {0} 的内存不足',
  },

  ODP21002: {
    int: 21002,
    http: 404,
    en: 'OBProxy server {0} does not exist',
    zh: 'OBProxy 服务器 {0} 不存在',
  },
  ODP21011: {
    int: 21011,
    http: 500,
    en: 'User proxyro cannot connect: {0}',
    zh: 'proxyro 用户无法连接：{0}',
  },
  ODP21110: {
    int: 21110,
    http: 400,
    en: 'OBProxy version {0} does not support OceanBase version {1}',
    zh: 'OBProxy 版本 {0} 不支持 OceanBase 版本 {1}',
  },
} as const satisfies Record<string, CodeEntry>
