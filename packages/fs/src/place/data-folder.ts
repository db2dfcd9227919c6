import { homedir } from 'node:os'
import path from 'node:path'

/** The folder in which applications of this user keep their data, by the conventions of the system. */
export function dataFolder(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = environment
  switch (platform) {
    case 'darwin':
      return path.join(homedir(), 'Library', 'Application Support')
    case 'win32':
      return LOCALAPPDATA || path.join(homedir(), 'AppData', 'Local')
    default:
      // The XDG specification has relative paths ignored.
      return XDG_DATA_HOME && path.isAbsolute(XDG_DATA_HOME)
        ? XDG_DATA_HOME
        : path.join(homedir(), '.local', 'share')
  }
}
