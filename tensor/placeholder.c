/* placeholder */ typedef int sumi_placeholder_;
