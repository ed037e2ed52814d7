-- cloud-config.lua SEED OUT: reads the NoCloud files under SEED and writes what the guest's scripts act on to OUT:
--   hostname, instance, sshd-options   one line each
--   apply, runcmd                      shell scripts: accounts and files (each boot), commands (once per instance)
--   network                            a shell function configure_interface NAME MAC, false if not configured
-- Nothing of the seed becomes shell text unquoted, except what cloud-init too gives to a shell (bootcmd, runcmd).
local lyaml = require('lyaml')

local seed, out = arg[1], arg[2]
local notes = {}

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

local function quote(value)
  return "'" .. tostring(value):gsub("'", "'\\''") .. "'"
end

-- A YAML scalar as text: 1234 and 1234.0 are the password 1234.
local function text(value)
  if math.type(value) == 'float' and math.tointeger(value) then value = math.tointeger(value) end
  return tostring(value)
end

local function present(value)
  return value ~= nil and value ~= lyaml.null
end

-- A list of what may be written as one item or as a list.
local function list(value)
  if not present(value) then return {} end
  if type(value) ~= 'table' then return { value } end
  if #value == 0 and next(value) ~= nil then return { value } end
  return value
end

local function yaml(name)
  local source = read(seed .. '/' .. name)
  if not source or not source:find('%S') then return {} end
  local ok, document = pcall(lyaml.load, source)
  if not ok then
    notes[#notes + 1] = name .. ': ' .. tostring(document):gsub('%s+', ' ')
    return {}
  end
  return type(document) == 'table' and document or {}
end

-- Text in the order of keys, so that two boots act alike.
local function sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  local index = 0
  return function()
    index = index + 1
    return keys[index], map[keys[index]]
  end
end

local meta = yaml('meta-data')
local userData = read(seed .. '/user-data') or ''
local config = {}
local script = nil
if userData:find('^#!') then
  script = userData
elseif userData:find('^#cloud%-config') then
  config = yaml('user-data')
elseif userData:find('%S') then
  notes[#notes + 1] = 'user-data: only #cloud-config and #! scripts are understood'
end

local apply, runcmd = { 'set +e' }, {}
local function add(lines, format, ...)
  lines[#lines + 1] = format:format(...)
end

-- Host name and instance -------------------------------------------------------------------------------------------
local function safe(name, fallback)
  name = present(name) and text(name) or ''
  return name:match('^[%w][%w%.%-_]*$') and name or fallback
end
local hostname = safe(config.hostname, nil) or safe(config.fqdn, nil) or safe(meta['local-hostname'], 'protium-guest')
write(out .. '/hostname', hostname:match('^[^.]+') .. '\n')
write(out .. '/instance', safe(meta['instance-id'], 'none') .. '\n')

-- Accounts ---------------------------------------------------------------------------------------------------------
local defaultUser = { name = 'guest', gecos = 'Default user' }
local known = { root = '/root' }
local nextId = 1000

local function addUser(user)
  local name = text(user.name)
  if not name:match('^[%a_][%w%._-]*$') then
    notes[#notes + 1] = 'users: not a user name: ' .. name
    return
  end
  if not known[name] then
    local home = present(user.homedir) and text(user.homedir) or '/home/' .. name
    local id = present(user.uid) and math.tointeger(tonumber(user.uid)) or nextId
    nextId = math.max(nextId, id) + 1
    known[name] = home
    local gecos = present(user.gecos) and text(user.gecos):gsub('[:\n]', ' ') or ''
    add(apply, 'shell=%s; [ -x "$shell" ] || shell=/bin/sh', quote(present(user.shell) and user.shell or '/bin/sh'))
    add(apply, 'echo %s"$shell" >>/etc/passwd', quote(('%s:x:%d:%d:%s:%s:'):format(name, id, id, gecos, home)))
    add(apply, 'echo %s >>/etc/group', quote(('%s:x:%d:'):format(name, id)))
    add(apply, 'echo %s >>/etc/shadow', quote(name .. ':*:19000:0:99999:7:::'))
    add(apply, 'mkdir -p %s && chown %d:%d %s', quote(home), id, id, quote(home))
  end
end

local function password(name, secret, hashed)
  add(apply, "printf '%%s\\n' %s | /usr/sbin/chpasswd%s", quote(name .. ':' .. text(secret)), hashed and ' -e' or '')
end

local function authorize(name, keys)
  local lines = {}
  for _, key in ipairs(list(keys)) do lines[#lines + 1] = (text(key):gsub('%s+$', '')) end
  if #lines == 0 or not known[name] then return end
  local directory = known[name] .. '/.ssh'
  add(apply, 'mkdir -p %s && printf \'%%s\\n\' %s >>%s', quote(directory), quote(table.concat(lines, '\n')),
    quote(directory .. '/authorized_keys'))
  add(apply, 'chmod 700 %s; chmod 600 %s; chown -R %s: %s', quote(directory), quote(directory .. '/authorized_keys'),
    quote(name), quote(directory))
end

if type(config.user) == 'string' then defaultUser.name = config.user end
if type(config.user) == 'table' then
  for key, value in pairs(config.user) do defaultUser[key] = value end
end
local users = present(config.users) and list(config.users) or { 'default' }
local withDefault = false
for _, user in ipairs(users) do
  if user == 'default' then
    withDefault, user = true, defaultUser
  elseif type(user) ~= 'table' then
    user = { name = text(user) }
  end
  if present(user.name) and not user.snapuser then
    addUser(user)
    local name = text(user.name)
    if present(user.plain_text_passwd) then
      password(name, user.plain_text_passwd)
    elseif present(user.hashed_passwd) or present(user.passwd) then
      password(name, present(user.hashed_passwd) and user.hashed_passwd or user.passwd, true)
    end
    authorize(name, user.ssh_authorized_keys)
    authorize(name, user['ssh-authorized-keys'])
  end
end

-- Keys of the top level and of meta-data are the default user's, and root's unless disable_root is true.
for _, keys in ipairs({ list(config.ssh_authorized_keys), list(meta['public-keys']) }) do
  if withDefault then authorize(text(defaultUser.name), keys) end
  if config.disable_root ~= true then authorize('root', keys) end
end
if present(config.password) and withDefault then password(text(defaultUser.name), config.password) end
local chpasswd = type(config.chpasswd) == 'table' and config.chpasswd or {}
local pairsList = type(chpasswd.list) == 'string' and chpasswd.list or table.concat(list(chpasswd.list), '\n')
for name, secret in pairsList:gmatch('([^:\n]+):([^\n]+)') do
  password(name, secret, secret:find('^%$%d%$') ~= nil)
end
for _, user in ipairs(list(chpasswd.users)) do
  if present(user.password) then password(text(user.name), user.password, user.type == 'hash') end
end
write(out .. '/sshd-options', config.ssh_pwauth == true and '\n' or '-s\n')

-- SSH host keys: dropbear takes a file each; the strongest given is the one that is announced --------------------------------
local hostKeys = type(config.ssh_keys) == 'table' and config.ssh_keys or {}
local hostKeyCount = 0
for _, kind in ipairs({ 'ed25519', 'ecdsa', 'rsa' }) do
  local key = hostKeys[kind .. '_private']
  if present(key) then
    add(apply, "umask 077; printf '%%s\\n' %s >/run/host_key; umask 022", quote((text(key):gsub('%s+$', ''))))
    hostKeyCount = hostKeyCount + 1
    local file = '/etc/dropbear/host_key' .. (hostKeyCount == 1 and '' or ('_' .. hostKeyCount))
    add(apply, 'dropbearconvert openssh dropbear /run/host_key ' .. file .. ' 2>&1; rm /run/host_key')
  end
end

-- Files --------------------------------------------------------------------------------------------------------------
for _, file in ipairs(list(config.write_files)) do
  if type(file) == 'table' and present(file.path) then
    local path = text(file.path)
    local mode = file.permissions
    -- YAML 1.1 reads 0644 as an octal number, "0644" stays text
    if type(mode) == 'number' then mode = ('%04o'):format(math.tointeger(mode)) end
    local encoding = present(file.encoding) and text(file.encoding) or ''
    local decode = (encoding:find('b64') or encoding:find('base64')) and ' | base64 -d' or ''
    if encoding:find('gz') then decode = decode .. ' | gunzip' end
    add(apply, 'mkdir -p "$(dirname %s)"', quote(path))
    add(apply, "printf '%%s' %s%s >%s%s", quote(present(file.content) and text(file.content) or ''), decode,
      file.append == true and '>' or '', quote(path))
    add(apply, 'chmod %s %s', quote(mode or '0644'), quote(path))
    if present(file.owner) then add(apply, 'chown %s %s', quote(file.owner), quote(path)) end
  end
end

-- Commands -----------------------------------------------------------------------------------------------------------
local function command(entry)
  if type(entry) ~= 'table' then return text(entry) end
  local words = {}
  for _, word in ipairs(entry) do words[#words + 1] = quote(text(word)) end
  return table.concat(words, ' ')
end
for _, entry in ipairs(list(config.bootcmd)) do add(apply, '%s', command(entry)) end
for _, entry in ipairs(list(config.runcmd)) do add(runcmd, '%s', command(entry)) end
local state = type(config.power_state) == 'table' and config.power_state.mode
if state then add(runcmd, '(sleep 1; %s) &', ({ reboot = 'reboot', halt = 'halt' })[state] or 'poweroff') end
if script then
  write(out .. '/user-script', script)
  add(runcmd, 'chmod 700 %s; %s', quote(out .. '/user-script'), quote(out .. '/user-script'))
end
if #runcmd > 0 then write(out .. '/runcmd', table.concat(runcmd, '\n') .. '\n') end
write(out .. '/apply', table.concat(apply, '\n') .. '\n')

-- Network: version 2 (ethernets) and version 1 (physical) -------------------------------------------------------------
local network = yaml('network-config')
network = type(network.network) == 'table' and network.network or network
local interfaces = {}

local function addresses(lines, value, gateway)
  add(lines, 'ip addr replace %s dev "$1"', quote(value))
  if present(gateway) then add(lines, 'ip route replace default via %s dev "$1"', quote(gateway)) end
end
local function nameservers(lines, values)
  for _, server in ipairs(list(values)) do add(lines, 'echo %s >>/etc/resolv.conf', quote('nameserver ' .. server)) end
end

if network.version == 2 then
  for id, ethernet in sorted(type(network.ethernets) == 'table' and network.ethernets or {}) do
    local match = type(ethernet.match) == 'table' and ethernet.match or {}
    local lines = {}
    for _, address in ipairs(list(ethernet.addresses)) do addresses(lines, address) end
    for _, key in ipairs({ 'gateway4', 'gateway6' }) do
      if present(ethernet[key]) then add(lines, 'ip route replace default via %s dev "$1"', quote(ethernet[key])) end
    end
    for _, route in ipairs(list(ethernet.routes)) do
      add(lines, 'ip route replace %s via %s dev "$1"', quote(route.to), quote(route.via))
    end
    nameservers(lines, type(ethernet.nameservers) == 'table' and ethernet.nameservers.addresses or nil)
    interfaces[#interfaces + 1] = {
      name = match.name or (not match.macaddress and id) or nil,
      mac = match.macaddress,
      dhcp = ethernet.dhcp4 == true,
      lines = lines,
    }
  end
elseif network.version == 1 then
  for _, physical in ipairs(list(network.config)) do
    if physical.type == 'physical' then
      local lines, dhcp = {}, false
      for _, subnet in ipairs(list(physical.subnets)) do
        if text(subnet.type):find('^dhcp') then
          dhcp = true
        else
          local address = text(subnet.address)
          if not address:find('/') and present(subnet.netmask) then address = address .. '/' .. text(subnet.netmask) end
          addresses(lines, address, subnet.gateway)
          nameservers(lines, subnet.dns_nameservers)
        end
      end
      interfaces[#interfaces + 1] = {
        name = not present(physical.mac_address) and physical.name or nil,
        mac = physical.mac_address,
        dhcp = dhcp,
        lines = lines,
      }
    end
  end
end

local cases = {}
for _, interface in ipairs(interfaces) do
  if not interface.dhcp then
    -- a name may be a pattern (en*), a MAC address may not
    local pattern = present(interface.mac) and '*" "' .. quote(text(interface.mac):lower())
      or text(interface.name):gsub('[^%w%*%?_.-]', '') .. '" "*'
    cases[#cases + 1] = ('    %s)\n%s\n      return 0 ;;'):format(pattern, table.concat(interface.lines, '\n'))
  end
end
if #cases > 0 then
  write(out .. '/network', 'configure_interface() {\n  case "$1 $2" in\n' .. table.concat(cases, '\n') .. '\n  esac\n  return 1\n}\n')
end

if #notes > 0 then
  io.stderr:write(table.concat(notes, '; '), '\n')
  os.exit(1)
end
