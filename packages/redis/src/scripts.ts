// What the server decides by itself, in one step. Each script refuses with WRONGTYPE a key that holds another kind of
// value than a string, where it would replace it, and takes it for absent where it would read or remove it.

/** An etag is made of the bytes alone, so that values which other programs write have one too. */
const ETAG = `local function etag(value) return redis.sha1hex('kvdol '..#value..'\\0'..value) end `

/** For a key that may hold something else. */
const IS_VALUE = `local function isvalue(key) return redis.call('TYPE', key).ok == 'string' end `

/** Key; value and further arguments of SET. Gives nil when a condition of SET was not met. */
export const SET = `redis.call('STRLEN', KEYS[1]) return redis.call('SET', KEYS[1], unpack(ARGV))`

/** Key; etag, value and further arguments of SET. Gives nil when there is another value, or none. */
export const SET_MATCHING = `${ETAG}
local old = redis.call('GET', KEYS[1])
if not old or etag(old) ~= table.remove(ARGV, 1) then return false end
return redis.call('SET', KEYS[1], unpack(ARGV))`

/** Keys; values. Gives the numbers of those that failed, each followed by the error. */
export const SET_MANY = `local failed = {}
for index, key in ipairs(KEYS) do
  local done = redis.pcall('STRLEN', key)
  if type(done) == 'number' then done = redis.pcall('SET', key, ARGV[index]) end
  if done.err then
    failed[#failed + 1] = index
    failed[#failed + 1] = done.err
  end
end
return failed`

/** Keys. Gives how many values were removed. */
export const DELETE = `${IS_VALUE}
local count = 0
for _, key in ipairs(KEYS) do if isvalue(key) then count = count + redis.call('UNLINK', key) end end
return count`

/** Key; etag. Gives 0 when there is another value, or none. */
export const DELETE_MATCHING = `${IS_VALUE} ${ETAG}
if not isvalue(KEYS[1]) or etag(redis.call('GET', KEYS[1])) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])`

/** Both keys; 1 if the second must be free. Gives 1 when it was moved, 0 when there is nothing to move, -1 for a taken key. */
export const RENAME = `${IS_VALUE}
if not isvalue(KEYS[1]) then return 0 end
redis.call('STRLEN', KEYS[2])
if ARGV[1] == '1' and redis.call('EXISTS', KEYS[2]) == 1 then return -1 end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1`

/** Key. Gives size, etag and when it ends (-1: never). */
export const STAT = `${IS_VALUE} ${ETAG}
if not isvalue(KEYS[1]) then return false end
local value = redis.call('GET', KEYS[1])
return {#value, etag(value), redis.call('PEXPIRETIME', KEYS[1])}`

/** Key. As STAT, and the value after it. */
export const GET_WITH_STAT = STAT.replace(/\}$/, ', value}')

/** Key; first and last byte as GETRANGE takes them. Gives the size and the bytes. */
export const GET_RANGE = `${IS_VALUE}
if not isvalue(KEYS[1]) then return false end
return {redis.call('STRLEN', KEYS[1]), redis.call('GETRANGE', KEYS[1], ARGV[1], ARGV[2])}`
