import access from '../../assets/locales/zh-CN/access.json' with { type: 'json' };
import account from '../../assets/locales/zh-CN/account.json' with { type: 'json' };
import activity from '../../assets/locales/zh-CN/activity.json' with { type: 'json' };
import backups from '../../assets/locales/zh-CN/backups.json' with { type: 'json' };
import consoles from '../../assets/locales/zh-CN/consoles.json' with { type: 'json' };
import design from '../../assets/locales/zh-CN/design.json' with { type: 'json' };
import domains from '../../assets/locales/zh-CN/domains.json' with { type: 'json' };
import flavors from '../../assets/locales/zh-CN/flavors.json' with { type: 'json' };
import groups from '../../assets/locales/zh-CN/groups.json' with { type: 'json' };
import hosts from '../../assets/locales/zh-CN/hosts.json' with { type: 'json' };
import images from '../../assets/locales/zh-CN/images.json' with { type: 'json' };
import keys from '../../assets/locales/zh-CN/keys.json' with { type: 'json' };
import launch from '../../assets/locales/zh-CN/launch.json' with { type: 'json' };
import machines from '../../assets/locales/zh-CN/machines.json' with { type: 'json' };
import networks from '../../assets/locales/zh-CN/networks.json' with { type: 'json' };
import people from '../../assets/locales/zh-CN/people.json' with { type: 'json' };
import projects from '../../assets/locales/zh-CN/projects.json' with { type: 'json' };
import quotas from '../../assets/locales/zh-CN/quotas.json' with { type: 'json' };
import roles from '../../assets/locales/zh-CN/roles.json' with { type: 'json' };
import session from '../../assets/locales/zh-CN/session.json' with { type: 'json' };
import shell from '../../assets/locales/zh-CN/shell.json' with { type: 'json' };
import tasks from '../../assets/locales/zh-CN/tasks.json' with { type: 'json' };
import welcome from '../../assets/locales/zh-CN/welcome.json' with { type: 'json' };

/** Every text of the dashboard in zh-CN, one area a file. */
export default {
  shell,
  design,
  tasks,
  session,
  machines,
  launch,
  consoles,
  images,
  flavors,
  quotas,
  keys,
  networks,
  hosts,
  activity,
  backups,
  welcome,
  people,
  groups,
  projects,
  domains,
  roles,
  access,
  account,
};
