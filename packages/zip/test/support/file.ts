export { updateFile } from '@kvdol/fs/file'
